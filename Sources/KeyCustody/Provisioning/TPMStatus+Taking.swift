import LedgerFormat

extension TPMStatus {
    /// - Parameter keys: the directory `keys/`, which need not be there.
    /// - Throws: `KeyCustodyError.unavailable` with the TPM's error when it does not answer; `.cannotStart` for a
    ///   keystore that cannot be read.
    public static func take(_ tpm: TPMDevice, keys: String) async throws(KeyCustodyError)
        -> TPMStatus
    {
        let installed = try InstalledPolicies.read(keys)
        var glance = try KeystoreGlance.take(keys)
        var sight = try await look(tpm, glance, installed)
        if sight.disagrees {
            // A keeper at work moved a counter between the two looks.
            glance = try KeystoreGlance.take(keys)
            sight = try await look(tpm, glance, installed)
        }
        return TPMStatus(sight, glance, address: tpm.address.text)
    }

    /// What was read in one go.
    struct Sight: Sendable {
        var properties: TPMProperties
        var counters: [(counter: TPMCounter, value: UInt64?)] = []
        var expected: [KeystoreGlance.Counter]
        var certificates: [EndorsementKeyKind] = []
        var attestationKey: [UInt8]?
        var attestationProblem: TPMError?
        let installed: InstalledPolicies
        /// Of each installed policy, how this platform differs from it.
        var differences: [[String]] = []

        func value(of expected: KeystoreGlance.Counter) -> UInt64? {
            counters.first { $0.counter == expected.counter }?.value
        }

        var disagrees: Bool {
            expected.contains { entry in
                value(of: entry).map { $0 != entry.intended && $0 &+ 1 != entry.intended } ?? true
            }
        }
    }

    private static func look(
        _ tpm: TPMDevice, _ glance: KeystoreGlance, _ installed: InstalledPolicies
    ) async throws(KeyCustodyError) -> Sight {
        do throws(TPMError) {
            return try await tpm.perform("looking at the TPM") { connection throws(TPMError) in
                var sight = Sight(
                    properties: try connection.properties(), expected: glance.counters,
                    installed: installed)
                for policy in installed.policies {
                    sight.differences.append(
                        policy.registers.differences(
                            from: try connection.registers(policy.registers.indices)))
                }
                for handle in try connection.handles(in: TPMCounter.handles) {
                    let counter = TPMCounter(
                        handle: handle, name: try connection.indexName(handle))
                    // Where the owner hierarchy has an authorization that we were not given.
                    let value = try? connection.value(of: counter)
                    sight.counters.append((counter, value))
                }
                sight.certificates = try EndorsementKeyKind.present(in: connection)
                do throws(TPMError) {
                    sight.attestationKey = try connection.attestationKey()
                } catch {
                    sight.attestationProblem = error
                }
                return sight
            }
        } catch {
            throw KeyCustodyError(.unavailable, "the TPM cannot be looked at", tpm: error)
        }
    }

    private init(_ sight: Sight, _ glance: KeystoreGlance, address: String) {
        let properties = sight.properties
        self.address = address
        manufacturer = properties.manufacturer
        model = properties.model
        firmware = properties.firmware
        lockout = Lockout(
            active: properties.isInLockout, failedTries: properties.failedTries,
            maxTries: properties.maxTries, recoverySeconds: properties.recoveryTime,
            lockoutRecoverySeconds: properties.lockoutRecovery)
        authorizations = Authorizations(
            lockout: properties.hasAuthorization(.lockout),
            owner: properties.hasAuthorization(.owner),
            endorsement: properties.hasAuthorization(.endorsement))
        free = Slots(
            transient: properties.freeTransient, persistent: properties.freePersistent,
            sessions: properties.freeSessions, counters: properties.freeCounters)
        keystore = glance.state.rawValue
        counters = sight.counters.map { counter, value in
            let mine = glance.counters.first { $0.counter == counter }
            return Counter(
                handle: Self.hex(counter.handle), value: value, purpose: mine?.purpose,
                expected: mine?.intended)
        }
        endorsementCertificates = sight.certificates.map { kind in
            Certificate(handle: Self.hex(kind.certificateIndex), kind: kind.rawValue)
        }
        attestationKey = sight.attestationKey.map { SPKI.keyID($0) }
        signingKeys = glance.signingKeys.map { SigningKey(name: $0.name, keyID: $0.keyID) }
        policyKey = glance.policyKey?.name
        policies = zip(sight.installed.policies, sight.differences).map { policy, differences in
            Policy(
                key: policy.key.name, registers: policy.registers.indices,
                counts: glance.policyKey.map { $0 == policy.key }, matches: differences.isEmpty)
        }
        problems = Self.problems(sight, glance)
    }

    static func hex(_ handle: UInt32) -> String { TPMResponseCode(handle).hex }
}
