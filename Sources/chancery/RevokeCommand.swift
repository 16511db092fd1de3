import AccessControl
import ArgumentParser
import Foundation

struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a token back before it expires; every daemon refuses it within a second.",
        discussion: "JSON (--json): {revoked: JTI}.")

    @OptionGroup var options: HomeOptions

    @Argument(
        help:
            "The token's jti; or - to read the token itself from standard input, of which only the jti is kept."
    )
    var tokenID: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let home = try options.existing()
        let id = tokenID == "-" ? try Self.tokenID(of: FileHandle.standardInput) : tokenID
        let denied = DeniedTokens(path: home.layout.deniedTokens)
        try PKIDirectoryLock.during(denied.path) { () throws(OperatorError) in
            try denied.add(id, at: UInt64(Date().timeIntervalSince1970))
        }
        try Console().report("revoked", json: output.json ? ["revoked": id] : nil)
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
        struct Claims: Decodable { let jti: String }
        guard let json = Base64URL.decode(Data(parts[1].utf8)),
            let claims = try? JSONDecoder().decode(Claims.self, from: json)
        else { throw notOne }
        return claims.jti
    }
}

/// The file of revoked tokens, which the daemons read.
struct DeniedTokens {
    let path: String

    /// Leaves out what has expired meanwhile.
    func add(_ tokenID: String, at now: UInt64) throws(OperatorError) {
        guard let added = DeniedToken(tokenID: tokenID, time: now) else {
            throw OperatorError(
                .badInput, "That is no jti.", next: "Give 1 to 256 printable ASCII characters.")
        }
        let lines = Files.exists(path) ? try Files.readText(path) : ""
        // What is no line of ours would keep the daemons from reading any.
        var kept = lines.split(separator: "\n").compactMap { DeniedToken(line: $0) }
            .filter { !$0.hasEnded(at: now) }
        if !kept.contains(where: { $0.tokenID == tokenID }) { kept.append(added) }
        let text = kept.map { $0.line + "\n" }.joined()
        guard text.utf8.count <= DeniedToken.maxFileBytes else {
            throw OperatorError(
                .refused, "\(path) is full: the daemons read 1 MiB of it.",
                next: "Take the issuer's key out of pki/jwks.json: then none of its tokens counts.")
        }
        try Files.write(text.utf8, to: path, mode: 0o644)
    }
}
