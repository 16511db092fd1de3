import CTSS2

// Dictionary-attack protection and the authorizations of hierarchies (TPM 2.0 Library Part 3, 24.8, 25).

extension TPMConnection {
    /// Tells ESAPI the values of those hierarchies that have one: each command that needs one carries it from then on.
    func use(_ authorizations: TPMAuthorizations) throws(TPMError) {
        let properties = try properties()
        for hierarchy in TPMHierarchy.allCases where properties.hasAuthorization(hierarchy) {
            guard let secret = authorizations[hierarchy] else { continue }
            try withAuthorization(secret) { value throws(TPMError) in
                try check("Esys_TR_SetAuth") { Esys_TR_SetAuth($0, hierarchy.handle, value) }
            }
        }
    }

    /// Forgets failed tries and ends the lockout. A wrong authorization here locks this very command out for the
    /// lockout recovery time.
    func resetLockout() throws(TPMError) {
        try check("Esys_DictionaryAttackLockReset") { esys in
            Esys_DictionaryAttackLockReset(
                esys, TPMHierarchy.lockout.handle, ESYS_TR(ESYS_TR_PASSWORD), Self.none, Self.none)
        }
    }

    func setLockout(_ parameters: TPMLockoutParameters) throws(TPMError) {
        try check("Esys_DictionaryAttackParameters") { esys in
            Esys_DictionaryAttackParameters(
                esys, TPMHierarchy.lockout.handle, ESYS_TR(ESYS_TR_PASSWORD), Self.none, Self.none,
                parameters.maxTries, parameters.recoveryTime, parameters.lockoutRecovery)
        }
    }

    /// The new value crosses the bus encrypted.
    func changeAuthorization(
        of hierarchy: TPMHierarchy, to secret: SecretBytes
    ) throws(TPMError) {
        let parent = try loadStorageRoot()
        defer { flush(parent) }
        let session = try startSession(saltedTo: parent)
        defer { flush(session) }
        try setAttributes(
            session, TPMA_SESSION(TPMA_SESSION_DECRYPT | TPMA_SESSION_CONTINUESESSION))
        try withAuthorization(secret) { value throws(TPMError) in
            try check("Esys_HierarchyChangeAuth") { esys in
                Esys_HierarchyChangeAuth(
                    esys, hierarchy.handle, session, Self.none, Self.none, value)
            }
        }
    }
}
