import ContactModel
import LedgerFormat
import ProcessBoundary

/// A contact as it was read, on its way to another label that its caller may give it. Ledger and keeper decide the same again.
struct LabelChange {
    /// The values to be sealed anew: email, full name if there is one, current attributes.
    let items: [WireSealedItem]
    let label: SecurityLabel
    private let row: WireContactRow

    /// - Throws: `not-found`, `conflict`, `label-lowered`, `forbidden`; `internal-error` for a row that the ledger does not write.
    init(
        of row: WireContactRow, to label: SecurityLabel, by clearance: Clearance
    ) throws(ServiceError) {
        items = ContactView.sealedItems(of: row)
        self.label = label
        self.row = row
        guard let current = try? SecurityLabel(row.head.label) else {
            throw .unexpectedReply(.ledger)
        }
        var labels = [current]
        for text in Set(items.map(\.binding.label)) {
            guard let bound = try? SecurityLabel(text) else { throw .unexpectedReply(.ledger) }
            labels.append(bound)
        }
        guard labels.allSatisfy(clearance.canRead) else {
            throw ServiceError(.notFound, "There is no contact with this id.")
        }
        guard current != label else {
            throw ServiceError(.conflict, "The contact bears this label already.")
        }
        guard label.raisesOrEndorses(current) else {
            throw ServiceError(
                .labelLowered,
                "A contact is raised (level, compartments, caveats) or endorsed (integrity); nothing takes secrecy or trust away from it.",
                pointer: "/label")
        }
        guard labels.allSatisfy({ clearance.canRelabel(from: $0, to: label) }) else {
            throw ServiceError(
                .forbidden,
                "The clearance of this token does not reach the new label and those of the contact and all its values."
            )
        }
    }

    /// - Parameter values: in the order of `items`.
    /// - Throws: `too-large`; `internal-error` for values that the keeper does not seal.
    func entry(
        _ values: [WireSealedValue], reason: RelabelReason
    ) throws(ServiceError) -> WireEntryDraft {
        var values = values.makeIterator()
        let email = try EncryptedValue(from: values.next())
        var fullName: EncryptedValue?
        if row.hasFullName { fullName = try EncryptedValue(from: values.next()) }
        var attributes: [ContactRelabelled.Attribute] = []
        for attribute in row.attributes {
            attributes.append(
                ContactRelabelled.Attribute(
                    attributeId: attribute.id, value: try EncryptedValue(from: values.next())))
        }
        let entry = WireEntryDraft(
            ContactRelabelled(
                attributes: attributes, email: email, entity: row.email.entity,
                fromLabel: row.head.label, fullName: fullName, reason: reason.text),
            label)
        guard entry.payload.count <= LedgerLimits.maxPayloadBytes else {
            throw ServiceError(
                .tooLarge, "The contact's values are more than one entry of the ledger holds.")
        }
        return entry
    }
}
