import ContactServices

/// `{id, email?, fullName?, attributes: [{attributeType, value, since}]}`
enum PortableJSON {
    static let mediaType = "application/json"

    static func json(_ contact: PortableContact) -> JSONValue {
        .fields([
            "id": .string(contact.id.text),
            "email": .text(contact.email),
            "fullName": .text(contact.fullName),
            "attributes": .array(
                contact.attributes.map { attribute in
                    .fields([
                        "attributeType": .string(attribute.type),
                        "value": .string(attribute.value),
                        "since": .string(attribute.since),
                    ])
                }),
        ])
    }
}
