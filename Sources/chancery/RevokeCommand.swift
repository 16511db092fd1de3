import ArgumentParser
import Foundation
import ProcessBoundary

struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a token back before it expires; every daemon refuses it within a second.")

    @OptionGroup var options: HomeOptions

    @Argument(
        help:
            "The token's jti; or - to read the token itself from standard input, of which only the jti is kept."
    )
    var tokenID: String

    func run() async throws {
        let home = try options.existing()
        // One at a time, so that none writes over what another has just added.
        let lock: FileLock?
        do { lock = try FileLock(directory: home.layout.pkiDirectory) } catch {
            throw OperatorError.system(error)
        }
        guard let lock else {
            throw OperatorError(
                .inputOutput, "Another command is writing \(home.layout.deniedTokens).",
                next: "Try again.")
        }
        defer { lock.release() }
        let denied = DeniedTokens(path: home.layout.deniedTokens)
        let id = tokenID == "-" ? try Self.tokenID(of: FileHandle.standardInput) : tokenID
        try denied.add(id, at: UInt64(Date().timeIntervalSince1970))
        Console().say("revoked")
    }

    /// Of a token, whoever signed it: to deny one that nobody issued does no harm.
    private static func tokenID(of input: FileHandle) throws(OperatorError) -> String {
        let notOne = OperatorError(
            .badInput, "Standard input holds no token with a jti.",
            next: "Pipe the token in, or name its jti: chancery revoke JTI.")
        guard let bytes = try? input.read(upToCount: 16_384),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw notOne }
        let parts = text.trimmingCharacters(in: .whitespacesAndNewlines).split(
            separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw notOne }
        var standard = parts[1].replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/")
        while standard.utf8.count % 4 != 0 { standard += "=" }
        struct Claims: Decodable { let jti: String }
        guard let json = Data(base64Encoded: standard),
            let claims = try? JSONDecoder().decode(Claims.self, from: json)
        else { throw notOne }
        return claims.jti
    }
}

/// The file of revoked tokens, which the daemons read.
struct DeniedTokens {
    let path: String

    /// Past these, no token is alive that was denied then: a day, and the most that clocks may differ.
    private static let longestLife: UInt64 = 86_400 + 120

    /// What the daemons read.
    private static let mostBytes = 1_024 * 1_024

    /// Leaves out what has expired meanwhile.
    func add(_ tokenID: String, at now: UInt64) throws(OperatorError) {
        guard (1...256).contains(tokenID.utf8.count),
            tokenID.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), tokenID.first != " "
        else {
            throw OperatorError(
                .badInput, "That is no jti.", next: "Give 1 to 256 printable ASCII characters.")
        }
        let lines = Files.exists(path) ? try Files.readText(path) : ""
        var kept = lines.split(separator: "\n").filter { line in
            // What is no line of ours would keep the daemons from reading any.
            guard let time = line.split(separator: " ", maxSplits: 1).first.flatMap({ UInt64($0) }),
                line.contains(" ")
            else { return false }
            return time + Self.longestLife > now
        }
        let added = "\(now) \(tokenID)"
        let isThere = kept.contains { line in
            line.split(separator: " ", maxSplits: 1).last.map { $0 == tokenID } ?? false
        }
        if !isThere { kept.append(added[...]) }
        let text = kept.joined(separator: "\n") + "\n"
        guard text.utf8.count <= Self.mostBytes else {
            throw OperatorError(
                .refused, "\(path) is full: the daemons read 1 MiB of it.",
                next: "Take the issuer's key out of pki/jwks.json: then none of its tokens counts.")
        }
        try Files.write(text.utf8, to: path, mode: 0o644)
    }
}
