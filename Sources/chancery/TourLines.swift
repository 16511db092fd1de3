import Foundation

/// Three lines to paste into a shell at the repository root.
struct TourLines {
    let home: Home
    let base: String
    let example: TourExample

    var text: String {
        let program = Self.programs()
        let option = home.root == Home.absolute("var") ? "" : " --home \(quoted(home.shown))"
        let authority = quoted(home.shown + "/pki/ca.pem")
        let platform =
            "$(\(program)chancery token\(option) --subject tour --role enrichment-platform)"
        let auditor = "$(\(program)chancery token\(option) --subject tour-auditor --role verifier)"
        let address = "tour-$(date +%s%N)@example.org"
        let create =
            "curl -sS --cacert \(authority) \(base)/api/v1/contacts -H \"Authorization: Bearer \(platform)\""
            + " -H 'Content-Type: application/json' -H 'X-Purpose: sales' -H \"Idempotency-Key: tour-$(date +%s%N)\""
            + " -d '{\"email\":\"'\(address)'\",\"fullName\":\"Théodora Özdemir\",\"consentType\":\"DOUBLE_OPT_IN\","
            + "\"legalBasis\":\"GDPR_ART6_1A\",\"purposeCodes\":[\"sales\"]}'; echo"
        let search =
            "curl -sS --cacert \(authority) -G \(base)/api/v1/contacts --data-urlencode 'q=\(example.email)'"
            + " -H 'X-Purpose: \(example.purpose)' -H \"Authorization: Bearer \(platform)\"; echo"
        let receipt =
            "curl -sS --cacert \(authority) \(base)/api/v1/ledger/entries/2/receipt -o receipt.tlog-proof"
            + " -H \"Authorization: Bearer \(auditor)\""
            + " && \(program)chancery-verify receipt.tlog-proof --trust \(quoted(home.shown + "/trust.json"))"
        return [create, search, receipt].joined(separator: "\n\n")
    }

    /// `bin/` where the links are, else the directory of this executable.
    private static func programs() -> String {
        if Files.exists("bin/chancery"), Files.exists("bin/chancery-verify") { return "bin/" }
        let directory = (try? Binaries().directory) ?? "bin"
        return Home.relative(directory) + "/"
    }

    private func quoted(_ path: String) -> String {
        let plain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/._-".utf8.contains(byte)
            }
        }
        return plain ? path : "'" + path.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
