import ContactModel

/// What the lines of a group read or change. Groups commit concurrently, so one that shares anything with an earlier one must wait
/// for it: otherwise the later line could win over the earlier.
struct GroupFootprint: Sendable {
    enum Item: Hashable, Sendable {
        case contact(EntityID)
        case ref(Reference)
        case email(EmailAddress)
        case idempotency(IdempotencyKey)
    }

    private(set) var items: Set<Item> = []
    /// Some line names a contact by its id.
    private var hasIDs = false
    /// Some line names a contact by a ref whose id is not known yet.
    private var hasOpenRefs = false

    mutating func add(_ key: IdempotencyKey) { items.insert(.idempotency(key)) }
    mutating func add(creating email: EmailAddress) { items.insert(.email(email)) }
    mutating func add(naming ref: Reference) { items.insert(.ref(ref)) }

    /// - Parameter known: the contact that the ref stands for; nil while its create is not done.
    mutating func add(_ ref: Reference, known: EntityID?) {
        items.insert(.ref(ref))
        if let known { items.insert(.contact(known)) } else { hasOpenRefs = true }
    }

    /// - Parameter ref: the name the stream gave this contact, if it did.
    mutating func add(_ contact: EntityID, named ref: Reference?) {
        items.insert(.contact(contact))
        hasIDs = true
        if let ref { items.insert(.ref(ref)) }
    }

    /// Whether both may touch one contact although no item tells: an open ref may turn out to be any contact that the other names by
    /// its id (a create that is replayed).
    func mayShareUnseen(with other: GroupFootprint) -> Bool {
        hasOpenRefs && other.hasIDs || hasIDs && other.hasOpenRefs
    }
}
