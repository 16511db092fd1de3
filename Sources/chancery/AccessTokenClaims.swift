import JWTKit

/// Claims of an access token (RFC 9068, section 2.2), times in seconds since 1970.
struct AccessTokenClaims: JWTPayload {
    let iss: String
    let aud: String
    let sub: String
    let clientID: String
    let roles: [String]
    let clearance: String
    let iat: Int
    let nbf: Int
    let exp: Int
    let jti: String
    let cnf: Confirmation?

    /// The client certificate that the token is bound to (RFC 8705, section 3.1).
    struct Confirmation: Codable {
        let thumbprint: String

        enum CodingKeys: String, CodingKey {
            case thumbprint = "x5t#S256"
        }
    }

    enum CodingKeys: String, CodingKey {
        case iss, aud, sub, roles, clearance, iat, nbf, exp, jti, cnf
        case clientID = "client_id"
    }

    /// The command only issues tokens; verifying them is the daemons' work.
    func verify(using _: some JWTAlgorithm) throws {}
}
