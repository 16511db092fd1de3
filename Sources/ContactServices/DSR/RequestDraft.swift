public import ContactModel

/// A data subject's request to be written down, validated.
public struct RequestDraft: Sendable {
    public let kind: DSRKind
    public let jurisdiction: Jurisdiction
    public let channel: DSRChannel
    /// Nil: when it is written down.
    public let receivedAt: Timestamp?
    public let words: RequestWords?
    /// What an objection is about; empty for all other kinds.
    public let purposes: [PurposeCode]

    /// - Throws: `ValidationError` with code `invalid-purpose` where an objection names none, or another kind does.
    public init(
        kind: DSRKind, jurisdiction: Jurisdiction, channel: DSRChannel, receivedAt: Timestamp?,
        words: RequestWords?, purposes: [PurposeCode]
    ) throws(ValidationError) {
        guard kind.namesPurposes != purposes.isEmpty else {
            throw ValidationError(
                .invalidPurpose,
                kind.namesPurposes
                    ? "An objection names the purposes that it is about."
                    : "Only an objection to purposes names some.", pointer: "/purposeCodes")
        }
        self.kind = kind
        self.jurisdiction = jurisdiction
        self.channel = channel
        self.receivedAt = receivedAt
        self.words = words
        self.purposes = purposes
    }
}

/// A request and whom it is about.
public struct FileRequestCommand: Sendable {
    public enum Person: Sendable {
        case contact(EntityID)
        case email(EmailAddress)
    }

    public let person: Person
    public let draft: RequestDraft
    public let idempotency: MutationCommand.Idempotency?

    public init(
        person: Person, draft: RequestDraft, idempotency: MutationCommand.Idempotency?
    ) {
        self.person = person
        self.draft = draft
        self.idempotency = idempotency
    }
}
