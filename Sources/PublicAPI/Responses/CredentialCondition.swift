/// How what the gateway checks tokens with is, as `/readyz` tells; none of it keeps requests from being served.
public enum CredentialCondition: String, Sendable {
    case current
    /// What lies on the disk cannot be used; what was there before stays in force.
    case outdated

    var problem: String? {
        switch self {
        case .current: nil
        case .outdated:
            "The issuer's keys or the revoked tokens on disk cannot be used, those from before stay in force; `chancery status` says why."
        }
    }
}
