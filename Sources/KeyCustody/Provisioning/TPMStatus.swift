/// A look at a TPM, without an authorization and without changing anything in it.
public struct TPMStatus: Encodable, Sendable {
    public struct Lockout: Encodable, Sendable {
        public let active: Bool
        public let failedTries: UInt32
        public let maxTries: UInt32
        /// Seconds until one failed try is forgotten.
        public let recoverySeconds: UInt32
        /// Seconds until a lockout authorization that failed may be tried again.
        public let lockoutRecoverySeconds: UInt32
    }

    /// Which hierarchies have an authorization.
    public struct Authorizations: Encodable, Sendable {
        public let lockout: Bool
        public let owner: Bool
        public let endorsement: Bool
    }

    /// What is free; nil where the TPM does not say.
    public struct Slots: Encodable, Sendable {
        public let transient: UInt32?
        public let persistent: UInt32?
        public let sessions: UInt32?
        public let counters: UInt32?
    }

    public struct Counter: Encodable, Sendable {
        /// `0x` and eight hex digits.
        public let handle: String
        public let value: UInt64?
        /// `seal`, `anchor` or `epoch` of this data directory; nil: of another.
        public let purpose: String?
        /// What the keystore expects; the TPM may be one step behind it.
        public let expected: UInt64?
    }

    public struct Certificate: Encodable, Sendable {
        public let handle: String
        public let kind: String
    }

    public struct SigningKey: Encodable, Sendable {
        /// As announced: `KEK-API-WRAPPED` is in the keystore, the others are in the TPM.
        public let name: String
        public let keyID: String
    }

    /// A policy that is installed.
    public struct Policy: Encodable, Sendable {
        public let key: String
        public let registers: [Int]
        /// Whether the keystore is sealed to its key; nil: there is no keystore yet.
        public let counts: Bool?
        /// Whether it is of this platform.
        public let matches: Bool
    }

    public let address: String
    public let manufacturer: String
    public let model: String
    public let firmware: String
    public let lockout: Lockout
    public let authorizations: Authorizations
    public let free: Slots
    /// `absent`, `unfinished` or `complete`.
    public let keystore: String
    public let counters: [Counter]
    public let endorsementCertificates: [Certificate]
    /// Key id, as the trust file has it; nil where the TPM made none.
    public let attestationKey: String?
    /// Of this data directory, by its keystore.
    public let signingKeys: [SigningKey]
    /// Key to whose signed policies the keystore is sealed.
    public let policyKey: String?
    public let policies: [Policy]
    /// What an operator has to do something about.
    public let problems: [String]
}
