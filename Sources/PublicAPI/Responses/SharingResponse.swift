import ContactServices

/// What the sharing routes answer.
enum SharingResponse {
    static func json(_ page: SharingPageView) -> JSONValue {
        .fields([
            "sharings": .array(page.sharings.map(json)),
            "next": page.next.map { .string(Cursor.text($0)) },
        ])
    }

    static func json(_ sharing: SharingView) -> JSONValue {
        .fields([
            "id": .string(sharing.id),
            "contactId": .string(sharing.contact.text),
            "recipient": .fields([
                "id": .string(sharing.recipient), "name": .string(sharing.recipientName),
            ]),
            "purpose": .string(sharing.purpose),
            "legalBasis": .string(sharing.legalBasis),
            "attributes": .array(sharing.attributes.map { .string($0) }),
            "sharedAt": .string(sharing.sharedAt),
            "expiresAt": sharing.expiresAt.map { .string($0) },
            "state": .string(sharing.state.rawValue),
            "revokedAt": sharing.revokedAt.map { .string($0) },
            "recorded": json(sharing.recorded),
            "revoked": sharing.revoked.map(json),
        ])
    }

    static func json(_ outcome: SharingOutcome) -> JSONValue {
        .fields([
            "id": .string(outcome.id),
            "contactId": .string(outcome.mutation.contactID.text),
            "createdAt": .string(outcome.mutation.createdAt),
            "receipt": MutationResponse.receipt(outcome.mutation.receipt),
        ])
    }

    /// Where its receipt is: `{generation, index}`.
    private static func json(_ entry: SharingView.Entry) -> JSONValue {
        .fields(["generation": .integer(entry.generation), "index": .integer(entry.index)])
    }
}
