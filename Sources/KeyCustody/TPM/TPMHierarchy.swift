import CTSS2

/// What of a TPM has an authorization of its own, beside its objects.
public enum TPMHierarchy: String, CaseIterable, Sendable {
    /// Resets dictionary-attack lockout, sets its parameters, clears the TPM.
    case lockout
    /// Makes the storage root, defines and removes counters, reads them.
    case owner
    /// Makes the attestation key; lets the endorsement key be used.
    case endorsement

    var handle: ESYS_TR {
        switch self {
        case .lockout: ESYS_TR(ESYS_TR_RH_LOCKOUT)
        case .owner: ESYS_TR(ESYS_TR_RH_OWNER)
        case .endorsement: ESYS_TR(ESYS_TR_RH_ENDORSEMENT)
        }
    }
}
