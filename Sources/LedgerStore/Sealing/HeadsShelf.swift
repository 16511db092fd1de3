import Foundation
import LedgerFormat
import Projections
import Synchronization

/// The heads of the newest sealed segment, on the disk and open. A seal writes them beside those before and puts them in their place once its
/// manifest is; what is missing, or of another segment, is made again by whoever asks first.
final class HeadsShelf: Sendable {
    private let path: String
    private let held = Mutex<HeadsFile?>(nil)

    init(path: String) { self.path = path }

    /// Of a seal that is under way.
    var pendingPath: String { path + ".sealing" }

    /// The manifest that they belong to has its name. A crash before leaves them to be made again.
    func replace() { rename(pendingPath, path) }

    /// - Parameter make: appends the heads of the segment, in order; nil: they can no more be known.
    /// - Throws: `LedgerStoreError.damaged` when they are not those that were sealed.
    func file(
        of manifest: SegmentManifestBody, make: ((HeadsWriter) throws -> Void)?
    ) throws -> HeadsFile? {
        try held.withLock { held in
            func fits(_ file: HeadsFile) -> Bool {
                file.segment == manifest.segment && file.root == manifest.subjectHeadsRoot
            }
            if let held, fits(held) { return held }
            held = nil
            if let file = HeadsFile(path: path), fits(file) {
                held = file
                return file
            }
            guard let make else { return nil }
            let writer = try HeadsWriter(path: path)
            try make(writer)
            guard writer.root == manifest.subjectHeadsRoot else {
                throw SegmentContents.damaged(
                    "The subject heads of segment \(manifest.segment) are not those that it was sealed with"
                )
            }
            try writer.finish(segment: manifest.segment)
            held = HeadsFile(path: path)
            return held
        }
    }

    /// What does not read is made again.
    func discard() {
        held.withLock { held in
            held = nil
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
