import Foundation

/// Measured choices on the disk, so that the next run on the same machine decides alike.
///
/// A convenience: a file that cannot be read or written, or holds something else, is as good as none.
public struct ConvolutionCache: Sendable {
  /// What is known of a machine.
  struct Entry: Codable {
    var machine: ConvolutionMachine
    var rates: MachineRates
    var choices: [ConvolutionChoice]
  }

  private struct Content: Codable {
    var format = Content.formatName
    var formatVersion = 1
    var entries: [Entry]

    static let formatName = "formcast-convolution-cache"
  }

  /// The file.
  public let url: URL

  private static let maximumBytes = 4 << 20
  private static let maximumEntries = 32

  /// A cache in a file, which need not exist.
  public init(url: URL) { self.url = url }

  /// `$XDG_CACHE_HOME/formcast/convolutions.json`, else `~/.cache/formcast/convolutions.json`; nil without a home folder.
  public static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> ConvolutionCache? {
    let folder: String
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      folder = cache
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      folder = home + "/.cache"
    } else {
      return nil
    }
    return ConvolutionCache(url: URL(filePath: folder).appending(path: "formcast/convolutions.json"))
  }

  /// What is known of a machine; nil if nothing is.
  func entry(for machine: ConvolutionMachine) -> Entry? {
    content().entries.first { $0.machine == machine && $0.rates.isUsable }
  }

  /// Adds to what is known of a machine, leaving other machines' parts as they are. False if that did not work.
  @discardableResult
  func add(_ choice: ConvolutionChoice, rates: MachineRates, for machine: ConvolutionMachine) -> Bool {
    var entries = content().entries
    var entry = entries.first { $0.machine == machine } ?? Entry(machine: machine, rates: rates, choices: [])
    entry.rates = rates
    entry.choices.removeAll { $0.call == choice.call }
    entry.choices.append(choice)
    entries.removeAll { $0.machine == machine }
    // Those that were not added to for the longest time go first.
    entries = entries.suffix(Self.maximumEntries - 1) + [entry]
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      let data = try encoder.encode(Content(entries: entries))
      guard data.count <= Self.maximumBytes else { return false }
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      let file = try ReplacementFile(path: url.path)
      do {
        try data.withUnsafeBytes { try file.write($0) }
        try file.commit()
      } catch {
        file.discard()
        return false
      }
      return true
    } catch {
      return false
    }
  }

  private func content() -> Content {
    let nothing = Content(entries: [])
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { handle.closeFile() }
      guard let data = try handle.read(upToCount: Self.maximumBytes + 1), data.count <= Self.maximumBytes else {
        return nothing
      }
      let content = try JSONDecoder().decode(Content.self, from: data)
      return content.format == Content.formatName && content.formatVersion == 1 ? content : nothing
    } catch {
      return nothing
    }
  }
}
