import ContactServices

/// vCard 4.0 (RFC 6350). Values are escaped (section 3.4), lines folded at 75 octets (section 3.2), and control characters but line
/// ends left out: nothing in a value ends its line and begins a property of its own.
enum PortableVCard {
    static let mediaType = "text/vcard"

    static func text(_ contact: PortableContact) -> String {
        var lines = [
            "BEGIN:VCARD", "VERSION:4.0", "KIND:individual",
            "UID:urn:uuid:\(contact.id.text)",
            // One is required (section 6.2.1), empty where nothing is known.
            "FN:" + escaped(contact.fullName ?? contact.email ?? ""),
        ]
        if let email = contact.email { lines.append("EMAIL:" + escaped(email)) }
        lines += contact.values("jobTitle").map { "TITLE:" + escaped($0) }
        lines += organization(contact)
        lines += contact.values("phone").map { "TEL:" + escaped($0) }
        lines += contact.values("location").map { "ADR:;;;" + escaped($0) + ";;;" }
        for attribute in contact.attributes {
            switch attribute.type {
            case "jobTitle", "company", "department", "phone", "location": continue
            case "website", "linkedinUrl":
                lines.append(
                    PortableURI.isSafe(attribute.value)
                        ? "URL:" + attribute.value : note(attribute))
            default: lines.append(note(attribute))
            }
        }
        lines.append("END:VCARD")
        return lines.map(folded).joined()
    }

    private static func organization(_ contact: PortableContact) -> [String] {
        let (companies, departments) = (contact.values("company"), contact.values("department"))
        guard !companies.isEmpty || !departments.isEmpty else { return [] }
        // A department of nothing is the second component all the same.
        let components = [companies.first ?? ""] + departments.prefix(1)
        return ["ORG:" + components.map(escaped).joined(separator: ";")]
    }

    private static func note(_ attribute: PortableContact.Attribute) -> String {
        "NOTE:" + escaped("\(attribute.type): \(attribute.value)")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            defer { isAfterReturn = scalar == "\r" }
            switch scalar {
            case "\n" where isAfterReturn: continue
            case "\r", "\n", "\u{85}", "\u{2028}", "\u{2029}": result += "\\n"
            case "\\", ",", ";": result += "\\" + String(scalar)
            case _ where scalar.properties.generalCategory == .control: continue
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static let lineOctets = 75

    /// With its line end; never within a character's octets.
    private static func folded(_ line: String) -> String {
        var result = ""
        var octets = 0
        for scalar in line.unicodeScalars {
            let width = String(scalar).utf8.count
            if octets + width > lineOctets {
                result += "\r\n "
                octets = 1
            }
            result.unicodeScalars.append(scalar)
            octets += width
        }
        return result + "\r\n"
    }
}
