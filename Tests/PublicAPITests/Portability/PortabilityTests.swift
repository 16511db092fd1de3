import ContactModel
import ContactServices
import Testing

@testable import PublicAPI

@Suite struct PortabilityTests {
    private static let id = "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"

    private static func contact(
        email: String? = "jane@example.com", name: String? = "Jane Doe",
        _ attributes: [(String, String)] = []
    ) throws -> PortableContact {
        PortableContact(
            id: try EntityID(id), email: email, fullName: name,
            attributes: attributes.map {
                .init(type: $0.0, value: $0.1, since: "2026-01-01T00:00:00.000000Z")
            })
    }

    /// Whatever somebody may have got into a value.
    static let hostile = [
        "a\r\nEND:VCARD\r\nBEGIN:VCARD", "a\nb", "a\rb", "a,b;c\\d", "\"quoted\", \"twice\"",
        "=HYPERLINK(\"http://x\")", "+49 30 1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1",
        "nul\u{0}bell\u{7}", "line\u{2028}separator", "next\u{85}line",
        String(repeating: "ä", count: 4_000), String(repeating: "🇩🇪", count: 300), "",
    ]

    // MARK: - CSV

    /// Reads RFC 4180 as strictly as it is written.
    private static func rows(_ text: String) throws -> [[String]] {
        var rows: [[String]] = [[]]
        var scalars = Array(text.unicodeScalars)[...]
        func fail() -> ValidationError { ValidationError(.invalidReason, "not RFC 4180") }
        while let first = scalars.first {
            var field = String.UnicodeScalarView()
            if first == "\"" {
                scalars = scalars.dropFirst()
                while true {
                    guard let next = scalars.popFirst() else { throw fail() }
                    if next == "\"" {
                        guard scalars.first == "\"" else { break }
                        scalars = scalars.dropFirst()
                    }
                    field.append(next)
                }
            } else {
                while let next = scalars.first, next != ",", next != "\r" {
                    guard next != "\"", next != "\n" else { throw fail() }
                    field.append(next)
                    scalars = scalars.dropFirst()
                }
            }
            rows[rows.count - 1].append(String(field))
            switch scalars.popFirst() {
            case ",": continue
            case "\r":
                guard scalars.popFirst() == "\n" else { throw fail() }
                if !scalars.isEmpty { rows.append([]) }
            default: throw fail()
            }
        }
        return rows
    }

    @Test(arguments: hostile)
    func aHostileValueStaysOneFieldAndNoFormula(value: String) throws {
        let text = PortableCSV.text(try Self.contact(name: value, [("x-note", value)]))
        let rows = try Self.rows(text)
        #expect(rows.count == 4 && rows.allSatisfy { $0.count == 3 })
        #expect(rows[0] == ["field", "value", "since"])
        for row in rows.dropFirst(2) {
            let isGuarded = row[1].hasPrefix("'")
            #expect(
                row[1].unicodeScalars.elementsEqual(
                    (isGuarded ? "'" + value : value).unicodeScalars))
            let first = row[1].unicodeScalars.first
            #expect(first.map { !"=+-@\t\r\n＝＋－＠".unicodeScalars.contains($0) } ?? true)
        }
    }

    @Test func csvIsAsRFC4180HasIt() throws {
        let text = PortableCSV.text(try Self.contact([("company", #"Doe, "J" & Co"#)]))
        #expect(
            text
                == "field,value,since\r\nemail,jane@example.com,\r\nfullName,Jane Doe,\r\n"
                + "company,\"Doe, \"\"J\"\" & Co\",2026-01-01T00:00:00.000000Z\r\n")
    }

    // MARK: - vCard

    /// Lines after unfolding; nil when one is too long or ends otherwise than by CRLF.
    private static func lines(_ text: String) -> [String]? {
        let bytes = Array(text.utf8)
        var raw: [[UInt8]] = [[]]
        var index = 0
        while index < bytes.count {
            if bytes[index] == 13 {
                guard index + 1 < bytes.count, bytes[index + 1] == 10 else { return nil }
                raw.append([])
                index += 2
                continue
            }
            guard bytes[index] >= 32, bytes[index] != 127 else { return nil }
            raw[raw.count - 1].append(bytes[index])
            index += 1
        }
        guard raw.removeLast().isEmpty else { return nil }
        var lines: [[UInt8]] = []
        for line in raw {
            // Each is UTF-8 by itself: nothing is folded within a character.
            guard line.count <= 75, String(validating: line, as: UTF8.self) != nil else {
                return nil
            }
            if line.first == 32 {
                guard !lines.isEmpty else { return nil }
                lines[lines.count - 1] += line.dropFirst()
            } else {
                lines.append(line)
            }
        }
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: hostile)
    func aHostileValueStaysInItsProperty(value: String) throws {
        let types = ["jobTitle", "company", "phone", "location", "website", "x-note"]
        let text = PortableVCard.text(
            try Self.contact(email: value, name: value, types.map { ($0, value) }))
        let lines = try #require(Self.lines(text))
        let names = lines.map { String($0.prefix { $0 != ":" }) }
        #expect(
            names == [
                "BEGIN", "VERSION", "KIND", "UID", "FN", "EMAIL", "TITLE", "ORG", "TEL", "ADR",
                "NOTE", "NOTE", "END",
            ])
        // A component separator of ours is the only one that is not escaped.
        let address = try #require(lines.first { $0.hasPrefix("ADR:") })
        let unescaped = address.replacing("\\\\", with: "").replacing("\\;", with: "")
        #expect(unescaped.count { $0 == ";" } == 6)
    }

    @Test func vCardIsAsRFC6350HasIt() throws {
        let text = PortableVCard.text(
            try Self.contact(
                name: "Doe, Jane",
                [
                    ("company", "Doe; Sons"), ("department", "R&D"), ("phone", "+49 30 1"),
                    ("website", "https://example.com/a?b=c"),
                    ("linkedinUrl", "javascript:alert(1)"),
                    ("seniority", "C-level"),
                ]))
        #expect(
            text
                == "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:individual\r\nUID:urn:uuid:\(Self.id)\r\n"
                + "FN:Doe\\, Jane\r\nEMAIL:jane@example.com\r\nORG:Doe\\; Sons;R&D\r\n"
                + "TEL:+49 30 1\r\nURL:https://example.com/a?b=c\r\n"
                + "NOTE:linkedinUrl: javascript:alert(1)\r\nNOTE:seniority: C-level\r\nEND:VCARD\r\n"
        )
        let bare = PortableVCard.text(try Self.contact(email: nil, name: nil))
        #expect(bare.contains("\r\nFN:\r\n"))
        let lone = PortableVCard.text(try Self.contact([("department", "R&D")]))
        #expect(lone.contains("\r\nORG:;R&D\r\n"))
    }

    // MARK: - JSContact, JSON

    @Test(arguments: hostile)
    func aHostileValueIsAStringAndNothingElse(value: String) throws {
        let contact = try Self.contact(
            name: value, [("jobTitle", value), ("website", value), ("x-note", value)])
        let card = PortableCard.json(contact)
        #expect(try JSONReader.read(card.bytes) == card)
        #expect(card["name"]?["full"]?.text == value)
        #expect(card["titles"]?["t1"]?["name"]?.text == value)
        #expect(card["links"] == nil)
        #expect(card["notes"]?.names == ["n1", "n2"])
        let json = PortableJSON.json(contact)
        #expect(try JSONReader.read(json.bytes) == json)
        #expect(json["attributes"]?.list.map { $0["value"]?.text } == [value, value, value])
    }

    @Test func aCardIsAsRFC9553HasIt() throws {
        let card = PortableCard.json(
            try Self.contact([
                ("company", "Doe"), ("department", "R&D"), ("phone", "+49 30 1"),
                ("linkedinUrl", "https://linkedin.com/in/jane"), ("location", "Berlin"),
            ]))
        #expect(
            card.names == [
                "@type", "version", "uid", "kind", "name", "emails", "organizations", "phones",
                "addresses", "links",
            ])
        #expect(card["organizations"]?["o1"]?["units"]?.list.first?["name"]?.text == "R&D")
        #expect(card["links"]?["l1"]?["uri"]?.text == "https://linkedin.com/in/jane")
        #expect(card["uid"]?.text == "urn:uuid:" + Self.id)
        let bare = PortableCard.json(try Self.contact(email: nil, name: nil))
        #expect(bare.names == ["@type", "version", "uid", "kind"])
    }
}
