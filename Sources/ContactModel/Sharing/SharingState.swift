/// What a recorded sharing is at a time.
public enum SharingState: String, Sendable, CaseIterable {
    case active, expired, revoked

    /// - Parameters:
    ///   - expiresAt: nil: it does not. The sharing is over from this moment on.
    ///   - isRevoked: a revoked one stays revoked, whatever the time.
    public init(expiresAt: Timestamp?, isRevoked: Bool, at time: Timestamp) {
        if isRevoked {
            self = .revoked
        } else if let expiresAt, expiresAt <= time {
            self = .expired
        } else {
            self = .active
        }
    }
}
