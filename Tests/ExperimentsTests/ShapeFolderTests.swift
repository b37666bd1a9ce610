import Experiments
import Foundation
import Testing

@Suite("Shapes: folders and categories")
struct ShapeFolderTests {
  private func shapes(_ paths: [String], _ categories: ShapeCategories = .folder) throws -> [[String]] {
    let fixtures = try ShapeFixtures(paths)
    return try ShapeFolder(fixtures.meshes, categories: categories).shapes.map { [$0.id, $0.category, $0.path] }
  }

  @Test("folders name categories, paths name shapes")
  func plain() throws {
    #expect(
      try shapes(["b.stl", "chairs/x.obj", "chairs/old/x.off", "planes/x.ply"]) == [
        ["b", "", "b.stl"], ["chairs/old/x", "chairs", "chairs/old/x.off"], ["chairs/x", "chairs", "chairs/x.obj"],
        ["planes/x", "planes", "planes/x.ply"],
      ])
  }

  @Test("ShapeNet's folders are known, with and without that of the category")
  func shapeNet() throws {
    let file = "models/model_normalized.obj"
    #expect(
      try shapes(["03001627/aa/\(file)", "02691156/bb/\(file)"]) == [
        ["02691156/bb", "02691156", "02691156/bb/\(file)"], ["03001627/aa", "03001627", "03001627/aa/\(file)"],
      ])
    #expect(
      try shapes(["aa/\(file)", "bb/\(file)"]).map { Array($0.prefix(2)) } == [["aa", "meshes"], ["bb", "meshes"]])
  }

  @Test("one name for all files says nothing; equal names keep their extension")
  func names() throws {
    #expect(try shapes(["k/a/mesh.obj", "k/b/mesh.ply"]).map { $0[0] } == ["k/a", "k/b"])
    #expect(try shapes(["a.obj", "a.stl", "b.obj"]).map { $0[0] } == ["a.obj", "a.stl", "b"])
  }

  @Test("a table gives categories by id, path or name")
  func table() throws {
    let text = "\u{FEFF}category,id,split\n\"chairs, \"\"old\"\"\",x/1,train\nplanes,2,test\nboats,y/3.stl,test\n"
    let table = try CategoryTable(text, name: "t.csv")
    let found = try shapes(["x/1.obj", "x/2.obj", "y/3.stl", "y/4.stl"], .table(table))
    #expect(found.map { $0[1] } == ["chairs, \"old\"", "planes", "boats", ""])
    #expect(try CategoryTable("a,b\r\nc,d\r\n", name: "t").category(of: ["c"]) == "d")
  }

  @Test(
    "tables that are none are refused", arguments: ["", "\n \n", "only\n", "id,category\nx\n", "id,category\n,y\n"])
  func badTable(text: String) {
    #expect(throws: ExperimentError.self) { try CategoryTable(text, name: "t.csv") }
  }

  @Test("folders without meshes are refused")
  func empty() throws {
    let fixtures = try ShapeFixtures([], broken: ["readme.txt": "none"])
    #expect(throws: ExperimentError.self) { try ShapeFolder(fixtures.meshes) }
    #expect(throws: ExperimentError.self) { try ShapeFolder(fixtures.meshes + "/none") }
    #expect(throws: ExperimentError.self) { try ShapeFolder(fixtures.meshes + "/readme.txt") }
  }
}
