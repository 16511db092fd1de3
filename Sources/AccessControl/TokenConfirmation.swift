import FoundationEssentials

/// The `cnf` claim (RFC 7800): what whoever presents the token must hold. Of its methods only `x5t#S256` is known here: the client
/// certificate with this SHA-256 (RFC 8705, section 3.1).
struct TokenConfirmation: Codable, Sendable {
    let certificate: String?

    private enum CodingKeys: String, CodingKey {
        case certificate = "x5t#S256"
    }

    /// 32 bytes, from base64url without padding.
    ///
    /// - Throws: code `claims` for anything else, and where there is no `x5t#S256`: a binding that cannot be checked must not be passed over.
    func thumbprint() throws(AuthenticationError) -> Data {
        guard let text = certificate, text.utf8.count == 43,
            let bytes = Base64URL.decode(Data(text.utf8)), bytes.count == 32
        else {
            throw .init(
                .claims, "the token's cnf holds no x5t#S256 of 32 bytes in base64url (RFC 8705)")
        }
        return bytes
    }
}
