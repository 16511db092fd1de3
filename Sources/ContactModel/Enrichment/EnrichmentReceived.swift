public import Foundation

/// A vendor answered one attempt. What it sent stands here as it will stand where it is taken; what is not taken stays here alone.
public struct EnrichmentReceived: LedgerEvent {
    public static let stream = "contact"
    public static let type = "EnrichmentReceived"

    /// From 1.
    public var attempt: Int
    /// Sealed, each bound to its own id; empty exactly where `outcome` is not `RESULTS`.
    public var attributes: [AttributeEnriched]
    /// UUID.
    public var enrichmentId: String
    public var outcome: EnrichmentOutcome
    /// Of all `attributes`; absent without any.
    public var provenance: ProvenanceRecorded?
    /// 16 random bytes.
    public var salt: Data
    public var vendor: String

    public init(
        attempt: Int, attributes: [AttributeEnriched], enrichmentId: String,
        outcome: EnrichmentOutcome, provenance: ProvenanceRecorded?, salt: Data, vendor: String
    ) {
        self.attempt = attempt
        self.attributes = attributes
        self.enrichmentId = enrichmentId
        self.outcome = outcome
        self.provenance = provenance
        self.salt = salt
        self.vendor = vendor
    }

    public func write(to payload: inout PayloadWriter) {
        payload.integer("attempt", attempt)
        payload.objects("attributes", attributes) { $0.write(to: &$1) }
        payload.text("enrichmentId", enrichmentId)
        payload.text("outcome", outcome.rawValue)
        if let provenance { payload.object("provenance") { provenance.write(to: &$0) } }
        payload.binary("salt", salt)
        payload.text("vendor", vendor)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        attempt = Int(try payload.integer("attempt"))
        attributes = try payload.objects("attributes") { reader throws(PayloadError) in
            try AttributeEnriched(from: &reader)
        }
        enrichmentId = try payload.text("enrichmentId")
        outcome = try payload.choice("outcome", EnrichmentOutcome.self)
        provenance = try payload.optionalObject("provenance") { reader throws(PayloadError) in
            try ProvenanceRecorded(from: &reader)
        }
        salt = try payload.binary("salt")
        vendor = try payload.text("vendor")
    }
}

/// What came of asking a vendor once.
public enum EnrichmentOutcome: String, Sendable, CaseIterable, Codable {
    case results = "RESULTS"
    /// It knows nothing of the person.
    case noData = "NO_DATA"
    /// It could not answer; it is asked again while attempts are left.
    case error = "ERROR"
    /// What it sent is about somebody who was erased: nothing of it was kept.
    case suppressed = "SUPPRESSED"
    /// It did not answer in time; of no entry here.
    case timedOut = "TIMED_OUT"
}
