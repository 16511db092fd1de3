import Foundation
import LedgerFormat
import Projections
import Synchronization

/// The heads of the newest sealed segment, on the disk and open. A seal writes them beside those before and puts them in their place once its
/// manifest is; what is missing, or of another segment, is made again, once, beside everything else.
final class HeadsShelf: Sendable {
    /// Appends the heads of a segment, in order.
    typealias Making = @Sendable (HeadsWriter) throws -> Void

    enum Finding {
        case file(HeadsFile)
        /// It is being made, or a seal came between: whoever asks again finds it.
        case underWay
        /// It can no more be known.
        case unknown
    }

    private struct State {
        var held: HeadsFile?
        var making: Task<Void, Never>?
        /// A segment whose heads the tables do not lead to. A later one's may be right again.
        var misfit: UInt64?
    }

    private let path: String
    private let directory: String
    private let state = Mutex(State())

    init(_ configuration: LedgerConfiguration) {
        path = ProjectionStore.headsPath(beside: configuration.projectionsPath)
        directory = configuration.directory
    }

    /// Of a seal that is under way.
    var pendingPath: String { path + ".sealing" }

    /// The manifest that they belong to has its name. A crash before leaves them to be made again.
    func replace() { state.withLock { _ in _ = rename(pendingPath, path) } }

    /// - Parameter make: nil: the heads can no more be known.
    /// - Throws: `LedgerStoreError.damaged` when they are not those that were sealed.
    func find(_ manifest: SegmentManifestBody, make: Making?) throws -> Finding {
        try state.withLock { state in
            if let file = state.held, Self.fits(file, manifest) { return .file(file) }
            state.held = nil
            if let file = HeadsFile(path: path) {
                if Self.fits(file, manifest) {
                    state.held = file
                    return .file(file)
                }
                if isNewer(file, than: manifest.segment) { return .underWay }
            }
            guard state.misfit != manifest.segment else {
                throw SegmentContents.damaged(
                    "The subject heads of segment \(manifest.segment) are not those that it was sealed with"
                )
            }
            guard let make else { return .unknown }
            if state.making == nil {
                state.making = Task { await self.remake(manifest, make) }
            }
            return .underWay
        }
    }

    /// Returns when nothing is being made.
    func settle() async { await state.withLock { $0.making }?.value }

    /// What does not read, or does not lead to the root, is made again.
    func discard() {
        state.withLock { state in
            state.held = nil
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    private func remake(_ manifest: SegmentManifestBody, _ make: @escaping Making) async {
        let made = path + ".again"
        let fits = try? await BackgroundThread.run {
            let writer = try HeadsWriter(path: made)
            try make(writer)
            guard writer.root == manifest.subjectHeadsRoot else { return false }
            try writer.finish(segment: manifest.segment)
            return true
        }
        state.withLock { state in
            state.making = nil
            switch fits {
            case true?:
                if let file = HeadsFile(path: path), isNewer(file, than: manifest.segment) {
                    unlink(made)
                } else {
                    rename(made, path)
                }
            case false?: state.misfit = manifest.segment
            // The disk may have room for the next who asks.
            case nil: break
            }
        }
    }

    private static func fits(_ file: HeadsFile, _ manifest: SegmentManifestBody) -> Bool {
        file.segment == manifest.segment && file.root == manifest.subjectHeadsRoot
    }

    /// A file may name whatever segment; only a seal gives one a manifest.
    private func isNewer(_ file: HeadsFile, than segment: UInt64) -> Bool {
        file.segment > segment
            && DurableFile.exists(
                SegmentFile(directory: directory, number: file.segment).manifestPath)
    }
}
