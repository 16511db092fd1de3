/// Where an enrichment stands: a pure fold over its entries, the same in the ledger, which refuses what is no step from here, and in
/// whatever reads the ledger. Of values it knows what the rule of merging goes by, and what tells one ciphertext from another.
public struct EnrichmentCase: Hashable, Sendable, Codable {
    /// One that is asked.
    public struct Vendor: Hashable, Sendable, Codable {
        public let id: String
        /// From 1.
        public var attempt: Int
        /// When the attempt began, microseconds since 1970.
        public var since: Int64
        /// Of its last attempt; nil: it is waited for.
        public var outcome: EnrichmentOutcome?
    }

    /// A value received.
    public struct Candidate: Hashable, Sendable, Codable {
        public let contestant: EnrichmentMerge.Contestant
        /// `Timestamp` text; nil: open.
        public let validUntil: String?
        /// Of its ciphertext.
        public let authTag: String
    }

    /// What is to be recorded of where values came from.
    public struct Source: Hashable, Sendable, Codable {
        public let provenanceID: String
        public let hash: String
    }

    public let requested: Terms
    public internal(set) var state: EnrichmentState
    /// As they were asked, the most trusted first.
    public internal(set) var vendors: [Vendor]
    /// In the order of the ledger.
    public internal(set) var candidates: [Candidate]
    public internal(set) var sources: [Source]
    /// How many of `sources` are.
    public internal(set) var recorded: Int
    /// Once merged.
    public internal(set) var decisions: [EnrichmentDecision]
    /// Merges that did not count because the contact had changed.
    public internal(set) var rollbacks: Int
    /// Why it ended before it was done.
    public internal(set) var reason: String?

    /// What was asked for.
    public struct Terms: Hashable, Sendable, Codable {
        public let attempts: Int
        public let attributeTypes: [String]
        public let purpose: String
        /// Seconds.
        public let timeout: Int
    }

    /// - Parameter time: of the entry.
    public init(_ event: EnrichmentRequested, at time: Timestamp) {
        requested = Terms(
            attempts: event.attempts, attributeTypes: event.attributeTypes, purpose: event.purpose,
            timeout: event.timeout)
        state = .collecting
        vendors = event.vendors.map {
            Vendor(id: $0, attempt: 1, since: time.microsecondsSince1970, outcome: nil)
        }
        candidates = []
        sources = []
        recorded = 0
        decisions = []
        rollbacks = 0
    }

    /// Whether every vendor has answered, or will not any more.
    public var isCollected: Bool { vendors.allSatisfy { $0.outcome != nil } }

    /// Whether provenance was recorded of some sources and not of others: never between two mutations.
    public var isPartlyRecorded: Bool { recorded > 0 && recorded < sources.count }

    /// Ids of the values that become the contact's.
    public var taken: [String] { decisions.filter(\.isTaken).map(\.attributeId) }

    /// When an attempt is over, microseconds since 1970.
    public func deadline(of vendor: Vendor) -> Int64 {
        vendor.since + Int64(requested.timeout) * 1_000_000
    }

    /// What is to be done by nobody's asking.
    public enum Action: Hashable, Sendable {
        case timeOut(vendor: String, attempt: Int)
        case fail
        case merge
        case recordProvenance
        case update
    }

    /// Nil: nothing, or not yet.
    public func action(at time: Timestamp) -> Action? {
        switch state {
        case .collecting where isCollected: candidates.isEmpty ? .fail : .merge
        case .collecting:
            vendors.first {
                $0.outcome == nil && deadline(of: $0) <= time.microsecondsSince1970
            }.map { .timeOut(vendor: $0.id, attempt: $0.attempt) }
        case .merged: .recordProvenance
        case .provenanceRecorded: .update
        case .completed, .failed, .rolledBack, .inconsistent: nil
        }
    }

    /// When there is something to be done, microseconds since 1970; nil: never again.
    public var due: Int64? {
        guard state.isOpen else { return nil }
        let waiting = vendors.filter { $0.outcome == nil }
        guard state == .collecting, !waiting.isEmpty else { return 0 }
        return waiting.map(deadline).min()
    }
}
