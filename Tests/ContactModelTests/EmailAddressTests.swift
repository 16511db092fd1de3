import Testing

@testable import ContactModel

@Suite struct EmailAddressTests {
    /// The short way must give what IDNA gives, wherever it is taken and IDNA has an answer.
    @Test func plainDomainsAreWhatIDNAMakesOfThem() throws {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("abcXYZ0189-.-.")
        var compared = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...20, using: &generator)
            let domain = String(
                (0..<count).map { _ in letters.randomElement(using: &generator) ?? "a" })
            guard let plain = EmailAddress.plainDomain(domain),
                let labels = try? EmailAddress.aLabels(domain)
            else { continue }
            compared += 1
            #expect(plain == labels.lowercased(), "\(domain)")
        }
        #expect(compared > 1_000)
        for domain in [
            "xn--mnchen-3ya.de", "a--b.de", "münchen.de", "a_b.de", "a b.de", "[1.2.3.4]",
        ] {
            #expect(EmailAddress.plainDomain(domain) == nil)
        }
    }

    @Test(arguments: [
        ("jane@example.com", "jane@example.com"),
        ("  Jane.Doe@Example.COM\n", "jane.doe@example.com"),
        ("jane+tag@example.com", "jane+tag@example.com"),
        ("o'neil!#$%&*/=?^_`{|}~-@example.com", "o'neil!#$%&*/=?^_`{|}~-@example.com"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("jane@BÜCHER.example", "jane@xn--bcher-kva.example"),
        ("jane@bu\u{308}cher.example", "jane@xn--bcher-kva.example"),
        ("jane@xn--bcher-kva.example", "jane@xn--bcher-kva.example"),
        ("jane@faß.example", "jane@xn--fa-hia.example"),
        ("anahit@예시.example", "anahit@xn--vv4b11d.example"),
        ("jane@example。com", "jane@example.com"),
        ("Jo\u{308}rg@example.com", "jörg@example.com"),
        ("JÖRG@example.com", "jörg@example.com"),
        ("用户@例子.example", "用户@xn--fsqu00a.example"),
    ])
    func everySpellingHasOneCanonicalForm(raw: String, canonical: String) throws {
        let email = try EmailAddress(raw)
        // Bytes, because Swift compares canonically equivalent strings as equal.
        #expect(Array(email.canonical.utf8) == Array(canonical.utf8))
        #expect(try EmailAddress(email.canonical) == email)
    }

    @Test(arguments: [
        "", " ", "jane", "jane@", "@example.com", "jane@@example.com", "jane@a@example.com",
        "jane@example", "jane@localhost", ".jane@example.com", "jane.@example.com",
        "ja..ne@example.com", "\"jane doe\"@example.com", "jane doe@example.com",
        "jane@[192.0.2.1]", "jane@192.0.2.1", "jane@exam ple.com", "jane@exa_mple.com",
        "jane@-example.com", "jane@example-.com", "jane@example.com.", "jane@.example.com",
        "jane@example..com", "ja\u{0}ne@example.com", "jane@exa\u{0}mple.com",
        "ja\u{7}ne@example.com", "jane@exa\nmple.com", "jane,joe@example.com", "<jane@example.com>",
        "ja\u{200B}ne@example.com", "ja\u{202E}ne@example.com", "jane\u{A0}x@example.com",
        "jane＠example.com", "jane(comment)@example.com", "jane@example.com\u{338}x.y z",
    ])
    func whatIsNoAddressIsRefused(raw: String) {
        #expect { try EmailAddress(raw) } throws: { error in
            (error as? ValidationError)?.code == .invalidEmail
        }
    }

    @Test func lengthsAreBoundedInBytes() throws {
        let label = String(repeating: "a", count: 63)
        #expect(throws: Never.self) { try EmailAddress("\(label)a@example.com") }
        #expect(throws: ValidationError.self) { try EmailAddress("\(label)aa@example.com") }
        // 22 of these are 66 bytes.
        #expect(throws: ValidationError.self) {
            try EmailAddress(String(repeating: "用", count: 22) + "@example.com")
        }
        let longest =
            "jane@"
            + [label, label, label, String(repeating: "b", count: 57)].joined(separator: ".")
        #expect(longest.utf8.count == 254)
        #expect(try EmailAddress(longest).canonical == longest)
        #expect(throws: ValidationError.self) { try EmailAddress("x" + longest) }
        #expect(throws: ValidationError.self) { try EmailAddress("jane@\(label)a.com") }
        #expect(throws: ValidationError.self) {
            try EmailAddress(String(repeating: "x", count: 1 << 20))
        }
    }

    @Test func aQuotedLocalPartIsRefusedByName() {
        #expect { try EmailAddress("\"a\"@example.com") } throws: { error in
            (error as? ValidationError)?.message.contains("quoted") == true
        }
    }

    @Test func theMessageNeverRepeatsTheAddress() {
        #expect { try EmailAddress("secret.person@bad_domain.example") } throws: { error in
            (error as? ValidationError)?.message.contains("secret") == false
        }
    }
}
