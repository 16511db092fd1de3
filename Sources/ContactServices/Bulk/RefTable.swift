import ContactModel

/// What the refs of one stream stand for. Bounded: a stream may name `ServiceLimits.bulkRefs` contacts.
actor RefTable {
    enum State: Sendable, Equatable {
        /// The create is in a group that is not finished yet.
        case pending
        case contact(EntityID)
        /// The create was refused.
        case failed
    }

    private var states: [Reference: State] = [:]
    private var names: [EntityID: Reference] = [:]
    private let limit: Int

    init(limit: Int = ServiceLimits.bulkRefs) {
        self.limit = limit
    }

    subscript(ref: Reference) -> State? { states[ref] }

    /// The ref under which this stream knows a contact.
    func name(of contact: EntityID) -> Reference? { names[contact] }

    /// A create gives a contact this name.
    ///
    /// - Throws: `duplicate-ref`; `too-many-refs` when the table is full.
    func claim(_ ref: Reference) throws(ServiceError) {
        guard states[ref] == nil else {
            throw ServiceError(
                .duplicateRef,
                "The ref \"\(ref.text)\" names another contact of this stream already.",
                pointer: "/ref")
        }
        guard states.count < limit else {
            throw ServiceError(
                .tooManyRefs,
                "A stream names at most \(limit) contacts; start a new request, or refer by contactId.",
                pointer: "/ref")
        }
        states[ref] = .pending
    }

    func settle(_ ref: Reference, _ contact: EntityID?) {
        states[ref] = contact.map(State.contact) ?? .failed
        if let contact { names[contact] = ref }
    }
}
