/// What a request for data is answered with.
public enum DSRAnswer: Sendable {
    case access(AccessAnswer)
    case portability(PortableContact)
}

/// All that Article 15(1) GDPR and § 1798.110 CCPA have told.
public struct AccessAnswer: Sendable {
    public let request: RequestView
    public let contact: ContactView
    /// Whom its data was given, the newest first.
    public let sharings: [SharingView]

    public var objectsToMerging: Bool {
        contact.objections.contains { $0.purposeCodes.isEmpty }
    }
}

/// A request with everything that proves it, for whoever verifies it offline.
public struct RequestEvidence: Sendable {
    public struct Entry: Sendable {
        public let step: RequestView.Step
        /// As they stand in the ledger: canonical JSON.
        public let header: String
        public let payload: String
        /// FORMAT 7: with a signed checkpoint.
        public let receipt: String
    }

    public let request: RequestView
    public let entries: [Entry]
    /// As it was last published; nil: none was.
    public let checkpoint: String?
}
