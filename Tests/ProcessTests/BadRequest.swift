import Testing

/// What people and attackers send instead of a contact.
struct BadRequest: Sendable, CustomTestStringConvertible {
    let name: String
    let body: [UInt8]

    var testDescription: String { name }

    private init(_ name: String, _ body: String) {
        self.name = name
        self.body = Array(body.utf8)
    }

    private init(_ name: String, bytes: [UInt8]) {
        self.name = name
        body = bytes
    }

    private static let rest =
        #""consentType":"DOUBLE_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales"]"#

    static let all: [BadRequest] = [
        .init("empty", ""),
        .init("not JSON", "email=jane@example.com"),
        .init("cut off", #"{"email":"jane@example.com""#),
        .init("an array", "[]"),
        .init("wrong type", #"{"email":7,\#(rest)}"#),
        .init("missing email", "{\(rest)}"),
        .init("unknown field", #"{"email":"a@example.com","isAdmin":true,\#(rest)}"#),
        .init("bad email", #"{"email":"jane@@example.com",\#(rest)}"#),
        .init(
            "bad enumeration",
            #"{"email":"a@example.com","consentType":"MAYBE","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales"]}"#
        ),
        .init(
            "control character in a name",
            #"{"email":"a@example.com","fullName":"Jane\u0000Doe",\#(rest)}"#),
        .init(
            "invalid UTF-8",
            bytes: Array(#"{"email":"a@example.com","fullName":""#.utf8) + [0xC3, 0x28]
                + Array("\",\(rest)}".utf8)),
        .init(
            "a field of 10 MB",
            #"{"email":"a@example.com","fullName":""# + String(repeating: "a", count: 10_000_000)
                + "\",\(rest)}"),
        .init("deep nesting", String(repeating: "[", count: 100_000)),
    ]
}
