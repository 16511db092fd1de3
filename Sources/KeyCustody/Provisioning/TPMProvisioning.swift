import ProcessBoundary

/// Makes a TPM ready for a data directory: dictionary-attack parameters, on request authorizations of its hierarchies,
/// then what the keeper's first start makes. Each step looks first and is done again until it is done.
public struct TPMProvisioning: Sendable {
    private let address: TCTIAddress
    private let patience: Duration
    /// File of the authorizations; nil: none were set, or none were handed over.
    private let authorizationFile: String?

    public init(_ address: TCTIAddress, patience: Duration, authorizationFile: String?) {
        self.address = address
        self.patience = patience
        self.authorizationFile = authorizationFile
    }

    /// - Parameter setsAuthorizations: gives hierarchies without an authorization the file's, which is made, with random
    ///   ones, if it is not there.
    /// - Returns: a line about each thing that was done or found done.
    public func prepare(setsAuthorizations: Bool) async throws(TPMError) -> [String] {
        var lines: [String] = []
        if setsAuthorizations, let file = authorizationFile, !SystemFile.exists(file) {
            try await requireNoAuthorizations(file)
            // Durable before the TPM hears of them: a crash between leaves a file that the next run uses.
            try TPMAuthorizations.random().write(file)
            lines.append("authorizations: drawn, in \(file)")
        }
        let tpm = try device()
        lines.append(try await protect(tpm))
        if setsAuthorizations { lines += try await authorize(tpm) }
        return lines
    }

    /// Makes storage root, counters, attestation key and the keystore as the keeper's first start does, or looks whether
    /// they are as they were made.
    public func makeKeys(in directory: String, logName: String) async throws(KeyCustodyError)
        -> String
    {
        let before = try KeystoreGlance.take(directory).state
        let tpm: TPMDevice
        do throws(TPMError) { tpm = try device() } catch {
            throw KeyCustodyError(.cannotStart, "the TPM cannot be used", tpm: error)
        }
        let custodian = try await KeyCustodian.open(
            directory: directory, logName: logName, tpm: tpm)
        do { try await custodian.close() } catch {
            throw KeyCustodyError(.unavailable, "the keystore cannot be closed: \(error)")
        }
        return before == .complete
            ? "keys: there, and this TPM opens them" : "keys: made, sealed to this TPM"
    }

    /// Ends a lockout.
    public func clearLockout() async throws(TPMError) {
        try await device().perform("resetting the lockout") { connection throws(TPMError) in
            try requireLockoutAuthorization(connection)
            try connection.resetLockout()
        }
    }

    /// - Throws: `TPMError.malformed` for an unreadable file of authorizations.
    public func device() throws(TPMError) -> TPMDevice {
        TPMDevice(
            address, patience: patience,
            authorizations: try authorizationFile.map(TPMAuthorizations.read))
    }

    private func protect(_ tpm: TPMDevice) async throws(TPMError) -> String {
        try await tpm.perform("setting dictionary-attack parameters") {
            connection throws(TPMError) in
            let chosen = TPMLockoutParameters.chosen
            let words =
                "lockout: \(chosen.maxTries) tries, one forgotten each \(chosen.recoveryTime) s, "
                + "\(chosen.lockoutRecovery) s after a wrong lockout authorization"
            guard try connection.properties().lockoutParameters != chosen else {
                return words + " (as before)"
            }
            try requireLockoutAuthorization(connection)
            try connection.setLockout(chosen)
            return words
        }
    }

    private func authorize(_ tpm: TPMDevice) async throws(TPMError) -> [String] {
        guard let file = authorizationFile else { return [] }
        let values = try TPMAuthorizations.read(file)
        return try await tpm.perform("setting authorizations") { connection throws(TPMError) in
            var lines: [String] = []
            for hierarchy in TPMHierarchy.allCases {
                guard let value = values[hierarchy] else { continue }
                guard try !connection.properties().hasAuthorization(hierarchy) else {
                    // That it is ours shows below: the keys are made, or opened, with it.
                    lines.append("\(hierarchy.rawValue) authorization: set before")
                    continue
                }
                try connection.changeAuthorization(of: hierarchy, to: value)
                lines.append("\(hierarchy.rawValue) authorization: set")
            }
            return lines
        }
    }

    /// Random values would be tried in place of those that were set: the lockout authorization locks itself out so.
    private func requireNoAuthorizations(_ file: String) async throws(TPMError) {
        let set = try await TPMDevice(address, patience: patience).perform(
            "looking for authorizations"
        ) { connection throws(TPMError) in
            let properties = try connection.properties()
            return TPMHierarchy.allCases.filter { properties.hasAuthorization($0) }
        }
        guard set.isEmpty else {
            throw TPMError(
                .refused, operation: "drawing authorizations",
                hint:
                    "this TPM has authorizations already (\(set.map(\.rawValue).joined(separator: ", "))), and \(file) "
                    + "is not there: name the file that holds them")
        }
    }

    /// An empty value tried against a set one would lock the lockout authorization itself out, for a day.
    private func requireLockoutAuthorization(_ connection: TPMConnection) throws(TPMError) {
        guard try connection.properties().hasAuthorization(.lockout) else { return }
        if let file = authorizationFile, try TPMAuthorizations.read(file)[.lockout] != nil {
            return
        }
        throw TPMError(
            .lockedOut, operation: "using the lockout hierarchy",
            hint:
                "this TPM has a lockout authorization; name the file that holds it with --authorizations"
        )
    }
}
