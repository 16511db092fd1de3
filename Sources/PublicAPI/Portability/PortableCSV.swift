import ContactServices

/// RFC 4180, with a header line: `field,value,since`. A value that a spreadsheet would take for a formula has an apostrophe before it,
/// which spreadsheets do not show; in quotes are all that hold a comma, a quote or a line end.
enum PortableCSV {
    static let mediaType = "text/csv"

    static func text(_ contact: PortableContact) -> String {
        var rows = [["field", "value", "since"]]
        if let email = contact.email { rows.append(["email", email, ""]) }
        if let name = contact.fullName { rows.append(["fullName", name, ""]) }
        rows += contact.attributes.map { [$0.type, $0.value, $0.since] }
        return rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func field(_ value: String) -> String {
        // By scalars: to Swift, a carriage return and its line feed are one character.
        let scalars = value.unicodeScalars
        let isFormula = scalars.first.map(starters.contains) ?? false
        let guarded = isFormula ? "'" + value : value
        guard scalars.contains(where: quoted.contains) else { return guarded }
        return "\"" + guarded.replacing("\"", with: "\"\"") + "\""
    }

    /// What OWASP lists for CSV injection; full-width forms, too, which some spreadsheets fold.
    private static let starters: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠",
    ]
    private static let quoted: Set<Unicode.Scalar> = [",", "\"", "\r", "\n"]
}
