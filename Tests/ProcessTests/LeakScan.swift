import Crypto
import Foundation
import Synchronization
import Testing

/// What stands in no log and in no error: tokens, keys, and who the contacts are. Every fixture is looked over when it is taken down, all
/// that its daemons logged and every error that its clients were sent: so a whole run is covered, whatever its tests ask.
struct LeakScan {
    private let scanner: ByteScanner
    private let directory: String

    /// - Parameters:
    ///   - directory: of a fixture; what lies in its data directories' `pki/` and beside them is its keys.
    ///   - people: who must not be named; nil: those whom its clients have sent.
    init(_ directory: String, people: Set<String>? = nil) {
        self.directory = directory
        let needles = Self.tokens.union(Self.people)
            .union(SentPeople.needles(people ?? SentPeople.of(directory)))
        scanner = ByteScanner(needles.union(KeyFiles.needles(below: directory)))
    }

    /// How the JSON of a token's header or claims begins, in base64url: `{"alg":`, `{"typ":`, ….
    private static let tokens = Set(
        [
            "alg", "typ", "kid", "aud", "iss", "sub", "jti", "cnf", "exp", "iat", "nbf", "roles",
            "clearance", "client_id",
        ].map { name in
            Array(Data("{\"\(name)\":\"".utf8).base64EncodedString().utf8.prefix(8))
        })

    /// All of ours are in a domain of RFC 2606, plain or in a query.
    private static let people = Set(
        ["@example", "%40example", "%40examp"].map { Array($0.utf8) })

    /// Appends an error's body to what is looked over at the end.
    static func keep(_ body: [UInt8], in directory: String) {
        // Many clients write at once: each body whole, at the end.
        let file = open(directory + "/" + errors, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            // Some send to a fixture that is gone.
            if errno != ENOENT { Issue.record("an error cannot be kept: \(errno)") }
            return
        }
        defer { close(file) }
        let bytes = body + [0x0A]
        if write(file, bytes, bytes.count) != bytes.count {
            Issue.record("an error was not kept whole: \(errno)")
        }
    }

    /// A gateway of the fixture has answered: then there is a log of it to look over.
    static func answered(in directory: String) {
        answering.withLock { _ = $0.insert(directory) }
    }

    private static let answering = Mutex<Set<String>>([])

    private static let errors = "errors-sent"

    /// - Returns: where what was found, in words that repeat none of it but its first bytes.
    func findings() -> [String] {
        files.flatMap { path -> [String] in
            guard let data = FileManager.default.contents(atPath: path) else { return [] }
            return scanner.hits(in: data).map { hit in
                let name = path.dropFirst(directory.count + 1)
                return
                    "\(name) holds \(String(decoding: hit.prefix(8), as: UTF8.self))… (\(hit.count) bytes)"
            }
        }
    }

    /// Fails the test, or the run, for each.
    func record() {
        for finding in findings() { Issue.record("a secret or a person leaked: \(finding)") }
        if hasUnloggedGateway { Issue.record("a gateway answered and has logged nothing") }
    }

    /// Looking over logs that nobody writes finds nothing.
    var hasUnloggedGateway: Bool {
        let logs = files.dropLast()
        guard Self.answering.withLock({ $0.contains(directory) }), !logs.isEmpty else {
            return false
        }
        return !logs.contains { path in
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return path.contains("/log/gateway.log") && (size ?? 0) > 0
        }
    }

    /// The logs, and last the errors that were sent.
    private var files: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let logs = names.flatMap { name -> [String] in
            let log = directory + "/" + name + "/log"
            let files = (try? FileManager.default.contentsOfDirectory(atPath: log)) ?? []
            return files.map { log + "/" + $0 }
        }
        return logs + [directory + "/" + Self.errors]
    }
}

/// Keys in PEM files, in each form in which one could be written down.
enum KeyFiles {
    static func needles(below directory: String) -> Set<[UInt8]> {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? []
        var needles: Set<[UInt8]> = []
        for name in names where name.hasSuffix(".key") {
            let path = directory + "/" + name
            guard let pem = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
            for line in pem.split(separator: "\n") where !line.hasPrefix("-") {
                needles.insert(Array(line.utf8))
            }
            let raw =
                (try? P256.Signing.PrivateKey(pemRepresentation: pem))?.rawRepresentation
                ?? (try? P384.Signing.PrivateKey(pemRepresentation: pem))?.rawRepresentation
            if let raw { needles.formUnion(forms(of: raw)) }
        }
        return needles
    }

    private static func forms(of raw: Data) -> Set<[UInt8]> {
        let hex = raw.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let base64 = PersonalData.base64Forms(Array(raw))
        let url = base64.map { text in
            text.map {
                $0 == UInt8(ascii: "+")
                    ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
            }
        }
        return Set([Array(raw), Array(hex.utf8), Array(hex.uppercased().utf8)] + base64 + url)
    }
}
