import ContactModel
import Foundation

/// Entries of one enrichment.
enum Enrichments {
    static let id = "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"
    static let salt = Data(repeating: 7, count: 16)
    static let day = "2026-01-01T00:00:00.000000Z"

    static func time(_ seconds: Int64) throws -> Timestamp {
        guard
            let time = Timestamp(
                microsecondsSince1970: 1_767_225_600_000_000 + seconds * 1_000_000)
        else { throw CocoaError(.coderInvalidValue) }
        return time
    }

    static func requested(
        vendors: [String] = ["one", "two"], attempts: Int = 2, timeout: Int = 60
    ) -> EnrichmentRequested {
        EnrichmentRequested(
            attempts: attempts, attributeTypes: ["phone", "company"], enrichmentId: id,
            purpose: "sales", salt: salt, timeout: timeout, vendors: vendors)
    }

    static func received(
        _ vendor: String, _ values: [(type: String, confidence: Int)], attempt: Int = 1
    ) throws -> EnrichmentReceived {
        let provenance = EntityID.random().text
        let attributes = try values.map { value in
            AttributeEnriched(
                attributeId: EntityID.random().text, attributeType: value.type,
                confidence: value.confidence, provenanceId: provenance, validFrom: day,
                validUntil: nil, value: try sealed())
        }
        return EnrichmentReceived(
            attempt: attempt, attributes: attributes, enrichmentId: id,
            outcome: values.isEmpty ? .noData : .results,
            provenance: values.isEmpty
                ? nil
                : ProvenanceRecorded(
                    attributedData: AttributedDataSeal(
                        hash: String(repeating: "ab", count: 32), salt: try sealed()),
                    attributes: attributes.map(\.attributeId), provenanceId: provenance,
                    salt: salt, sourceIdentity: vendor, sourceType: .vendor),
            salt: salt, vendor: vendor)
    }

    static func sealed() throws -> EncryptedValue {
        guard
            let value = EncryptedValue(
                authTag: Salt.random(), ciphertext: Data([1]), iv: Data(repeating: 2, count: 12),
                keyId: "DEK-20260101")
        else { throw CocoaError(.coderInvalidValue) }
        return value
    }
}
