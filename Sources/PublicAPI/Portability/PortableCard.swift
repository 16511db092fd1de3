import ContactServices

/// JSContact (RFC 9553): a Card. What it has no property for stands in its notes.
enum PortableCard {
    static let mediaType = "application/jscontact+json"

    static func json(_ contact: PortableContact) -> JSONValue {
        .fields([
            "@type": .string("Card"),
            "version": .string("1.0"),
            "uid": .string("urn:uuid:\(contact.id.text)"),
            "kind": .string("individual"),
            "name": contact.fullName.map { .fields(["full": .string($0)]) },
            "emails": contact.email.map { .fields(["e1": .fields(["address": .string($0)])]) },
            "titles": map("t", contact.values("jobTitle")) {
                .fields(["name": .string($0), "kind": .string("title")])
            },
            "organizations": organization(contact),
            "phones": map("p", contact.values("phone")) { .fields(["number": .string($0)]) },
            "addresses": map("a", contact.values("location")) { .fields(["full": .string($0)]) },
            "links": map("l", links(contact).map(\.value)) { .fields(["uri": .string($0)]) },
            "notes": map("n", notes(contact)) { .fields(["note": .string($0)]) },
        ])
    }

    private static func organization(_ contact: PortableContact) -> JSONValue? {
        let company = contact.values("company").first
        let department = contact.values("department").first
        guard company != nil || department != nil else { return nil }
        return .fields([
            "o1": .fields([
                "name": company.map { .string($0) },
                "units": department.map { .array([.fields(["name": .string($0)])]) },
            ])
        ])
    }

    private static func links(_ contact: PortableContact) -> [PortableContact.Attribute] {
        contact.attributes.filter { attribute in
            (attribute.type == "website" || attribute.type == "linkedinUrl")
                && PortableURI.isSafe(attribute.value)
        }
    }

    private static func notes(_ contact: PortableContact) -> [String] {
        let placed: Set = ["jobTitle", "company", "department", "phone", "location"]
        let links = links(contact)
        return contact.attributes.filter { !placed.contains($0.type) && !links.contains($0) }
            .map { "\($0.type): \($0.value)" }
    }

    /// A map by ids of its own (section 1.4.1); nil: empty.
    private static func map(
        _ prefix: String, _ values: [String], _ value: (String) -> JSONValue
    ) -> JSONValue? {
        guard !values.isEmpty else { return nil }
        return .object(
            values.enumerated().map { JSONMember("\(prefix)\($0.offset + 1)", value($0.element)) })
    }
}
