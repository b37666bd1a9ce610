import ArgumentParser

/// `formcast data`.
struct Data: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make, convert, split and inspect series of 3D frames; make shapes to learn from.",
    subcommands: [
      DataCavities.self,
      DataShapes.self,
      DataConvert.self,
      DataSplit.self,
      DataInspect.self,
    ])
}

/// The formats in which `data` writes series.
enum SeriesFormat: String, ExpressibleByArgument, CaseIterable {
  case tfrecord, npz, nifti

  var fileExtension: String {
    switch self {
    case .tfrecord: "tfrecords"
    case .npz: "npz"
    case .nifti: "nii.gz"
    }
  }

  /// The format that the extension of a file says, nil if it says none.
  init?(path: String) {
    let extensions: [(String, SeriesFormat)] = [
      (".tfrecords", .tfrecord), (".tfrecord", .tfrecord), (".npz", .npz), (".nii", .nifti), (".nii.gz", .nifti),
    ]
    guard let format = extensions.first(where: { path.hasSuffix($0.0) })?.1 else { return nil }
    self = format
  }
}
