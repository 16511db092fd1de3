/// Where a test may look at the disk, or make the store fail. Each names the step that comes next
/// (`before…`) or was just done.
public enum FaultPoint: String, Sendable, CaseIterable {
    /// A throw here is a commit that never reached the disk.
    case beforeCommit
    /// A throw here is a commit that reached the disk but was reported as failed.
    case committed
    /// As the two above, for a transaction of checkpoints alone: publishing, rotating, closing.
    case beforeNotes
    case notesStored
    case beforeReopen
    case signed
    case projected
    /// A throw here is a rotation that did not come about.
    case successorCreated
    case rotated
    case sealCopied
    case sealManifestWritten
    case sealFileRenamed
    case sealManifestRenamed
    case sealAnnounced
}

/// Hooks of the two stages and the sealer. The product runs with `none`.
public struct FaultHooks: Sendable {
    public let reach: @Sendable (FaultPoint) throws -> Void

    public static let none = FaultHooks { _ in }

    public init(_ reach: @escaping @Sendable (FaultPoint) throws -> Void) {
        self.reach = reach
    }
}
