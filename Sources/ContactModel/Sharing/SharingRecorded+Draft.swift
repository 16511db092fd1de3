extension SharingRecorded {
    /// - Parameter recipientName: the draft's, sealed.
    public init(_ draft: SharingDraft, id: String, recipientName: EncryptedValue) {
        self.init(
            attributes: draft.attributes.map(\.text), expiresAt: draft.expiresAt?.text,
            legalBasis: draft.legalBasis, purpose: draft.purpose.text,
            recipientId: draft.recipient.id.text, recipientName: recipientName,
            sharedAt: draft.sharedAt.text, sharingId: id)
    }

    /// Whether its texts are what their names say, as far as that shows without the contact. Whoever projects it relies on it.
    public var isWellFormed: Bool {
        guard (try? EntityID(sharingId))?.text == sharingId,
            (try? RecipientID(recipientId)) != nil, (try? PurposeCode(purpose)) != nil,
            (try? SharedAttribute.list(attributes)) != nil,
            recipientName.ciphertext.count <= ModelLimits.recipientNameBytes,
            let from = Timestamp(text: sharedAt)
        else { return false }
        guard let expiresAt else { return true }
        return Timestamp(text: expiresAt).map { $0 > from } ?? false
    }
}
