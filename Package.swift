// swift-tools-version: 6.2
import PackageDescription

// The package has two halves. The pure half (geometry, volumes, files, runs, figures) builds without libtorch;
// FORMCAST_PURE=1 leaves the other half out, so that its tests run in seconds on a machine that has no engine.
let isPure = Context.environment["FORMCAST_PURE"] == "1"

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// CVectors includes kernels of the target that uses it, which must be found in that target's folder.
let ownHeaders: [CXXSetting] = [.headerSearchPath(".")]

/// A C library that comes with the system and is found by pkg-config or on the default search path.
func systemLibrary(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func library(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// Tests of one target; fixtures are read from Tests/Fixtures by path, so they are not copied at every build.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies, swiftSettings: strict)
}

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let pureTargets: [Target] = [
  systemLibrary("CEmbree", apt: "libembree-dev"),
  systemLibrary("CPng", pkgConfig: "libpng", apt: "libpng-dev"),
  systemLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
  systemLibrary("CZip", pkgConfig: "libzip", apt: "libzip-dev"),
  .target(name: "CNifti", linkerSettings: [.linkedLibrary("nifti2"), .linkedLibrary("znz")]),
  systemLibrary("CMatio", pkgConfig: "matio", apt: "libmatio-dev"),
  systemLibrary("CHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev"),
  .target(name: "CChecksum"),
  .target(name: "CVectors"),
  .target(
    name: "CMeshQueries", dependencies: ["CVectors"], cxxSettings: ownHeaders,
    linkerSettings: [.linkedLibrary("embree3")]),
  library("Randomness", []),
  library("Records", ["CChecksum", protobuf]),
  library("Volumes", ["CChecksum", "Records", "Randomness", "CZlib", "CZip", "CNifti"]),
  library("Geometry", ["CEmbree", "CMatio", "CMeshQueries", "CPng", "CZlib", "Randomness"]),
  library("ForeignWeights", ["CHDF5", "CZip"]),
  library("Runs", ["Records", yams]),
  library("Plots", []),
  library("LatentSpace", ["Randomness"]),
  tests("Records", ["Records", "CChecksum"]),
  tests("Volumes", ["Volumes", "Randomness"]),
  tests("Geometry", ["Geometry", "CMeshQueries", "Volumes", "Randomness"]),
  tests("ForeignWeights", ["ForeignWeights", "Volumes"]),
  tests("Runs", ["Runs"]),
  tests("Plots", ["Plots"]),
  tests("LatentSpace", ["LatentSpace", "Randomness"]),
  tests("Architecture", []),
]

let engineTargets: [Target] = [
  systemLibrary("CLibTorch", pkgConfig: "libtorch", apt: "see scripts/bootstrap"),
  .target(name: "CTorch", dependencies: ["CLibTorch", "CVectors"], cxxSettings: ownHeaders),
  library("Torch", ["CTorch"]),
  library("NN", ["Torch"]),
  library("Models", ["NN"]),
  library("Training", ["NN", "Runs"]),
  library(
    "Experiments",
    ["Training", "Models", "Geometry", "Volumes", "Randomness", "ForeignWeights", "Plots", "Runs", "LatentSpace"]),
  .executableTarget(name: "formcast", dependencies: ["Experiments", argumentParser], swiftSettings: strict),
  tests("Torch", ["Torch"]),
  tests("NN", ["NN", "Volumes"]),
  tests("Models", ["Models", "NN", "Torch", "Volumes", "Experiments"]),
  tests("Training", ["Training", "Volumes"]),
  tests("Experiments", ["Experiments", "Volumes", "Randomness", "LatentSpace"]),
  tests("Command", ["Volumes", "Geometry", "Experiments"]),
]

let pureLibraries = ["Randomness", "Records", "Volumes", "Geometry", "ForeignWeights", "Runs", "Plots", "LatentSpace"]
let engineLibraries = ["Torch", "NN", "Models", "Training", "Experiments"]

let package = Package(
  name: "formcast",
  platforms: [.macOS(.v15)],
  products: (isPure ? pureLibraries : pureLibraries + engineLibraries).map { .library(name: $0, targets: [$0]) }
    + (isPure ? [] : [.executable(name: "formcast", targets: ["formcast"])]),
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: pureTargets + (isPure ? [] : engineTargets),
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
