import ContactModel
import Foundation
import LedgerFormat

/// Attributes of one mutation that came from one source under one label, on their way to the `ProvenanceRecorded` that tells of them.
struct ProvenanceGroup {
    let id = EntityID.random().text
    /// Of the hash of what is told, which goes into the ledger sealed.
    let dataSalt = Salt.random()
    private var data = AttributedData()

    mutating func add(_ draft: AttributeDraft, _ id: String) {
        data.attributes.append(AttributedData.Attribute(draft, id: id))
    }

    /// - Parameter salt: `dataSalt`, sealed.
    func event(from source: ProvenanceSource, salt: EncryptedValue) -> ProvenanceRecorded {
        ProvenanceRecorded(
            attributedData: AttributedDataCommitment.hash(salt: dataSalt, data.canonicalBytes)
                .map { AttributedDataSeal(hash: $0.hex, salt: salt) },
            attributes: data.attributes.map(\.id), provenanceId: id, salt: Salt.random(),
            sourceIdentity: source.identity, sourceType: source.type)
    }
}
