/// How the gateway's certificates are, as `/readyz` tells; none of it keeps requests from being served.
public enum CertificateCondition: String, Sendable {
    case current
    /// What lies on the disk cannot be used; what was there before stays in force.
    case outdated
    /// The revocation list of client certificates has ended, so none of them counts.
    case revocationsEnded = "revocations-ended"

    var problem: String? {
        switch self {
        case .current: nil
        case .outdated:
            "The certificates on disk cannot be used, those from before stay in force; the gateway's log says why."
        case .revocationsEnded:
            "The revocation list of client certificates has ended, so none counts; put a new one in its place."
        }
    }
}
