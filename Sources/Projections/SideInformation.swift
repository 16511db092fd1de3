/// What the projection of a `ContactCreated` or `ContactUpdated` needs and its entry tells only to the keeper. On the way of
/// an append it travels beside the entry; on catch-up and rebuild the keeper makes it again.
public struct SideInformation: Hashable, Sendable {
    /// 16 bytes of the contact's UUID.
    public let contactID: ContactID
    public let unique: [UniqueValue]
    public let words: NameIndex

    public init(contactID: ContactID, unique: [UniqueValue], words: NameIndex = NameIndex()) {
        self.contactID = contactID
        self.unique = unique
        self.words = words
    }
}
