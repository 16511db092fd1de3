/// The keeper, when it was started to recover (FORMAT 9.2). Every call may be repeated.
public protocol GenerationEnder: Sendable {
    /// Why the keeper refuses to start as usual; nil: it does not.
    func problem() async throws -> String?

    /// From here on nothing of the generation is signed any more but the seal of what is here.
    ///
    /// - Parameters:
    ///   - manifest: file of the last sealed segment; nil: none is.
    ///   - notes: of each segment that is not sealed its largest checkpoint, the last one of all that is here; none:
    ///     nothing of the generation is.
    func begin(manifest: [UInt8]?, notes: [[UInt8]]) async throws

    /// - Parameters:
    ///   - note: the checkpoint of all that is here, and sealed; nil: nothing of the generation is.
    ///   - keys: what its entries say of keys: nothing else is in its part of the trust file.
    /// - Returns: the generation that begins.
    func end(note: [UInt8]?, keys: AnnouncedKeys, reason: String) async throws -> UInt64
}

/// Ids of the keys that a generation announces, and of those that it retires.
public struct AnnouncedKeys: Sendable, Equatable {
    public var activated: Set<String> = []
    public var retired: Set<String> = []

    public init(activated: Set<String> = [], retired: Set<String> = []) {
        self.activated = activated
        self.retired = retired
    }
}
