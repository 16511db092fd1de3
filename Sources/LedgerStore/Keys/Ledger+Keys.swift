public import ContactModel
public import LedgerFormat

/// A key as the keeper has it and as the ledger says it.
public struct LedgerKey: Sendable {
    public let key: TrustedKey
    public let isDestroyed: Bool
    /// Index of its `KeyActivated`.
    public let activated: UInt64?
    /// Of its `KeyRetired`.
    public let retired: UInt64?
}

// 1  the keeper draws the successor      KeyActivated, signed by the old key
// 2  the successor signs                 KeyRetired
// 3  everything that only the old one could sign is stored, and the keeper destroys it
//
// The keeper knows how far it is, the projections what was said of it: a crash between two steps is completed from both.

extension Ledger {
    /// Generations and public keys, as they are now.
    public var trust: TrustFile { keys.trust }

    /// Keys of the current generation, and those that encrypt.
    ///
    /// - Throws: `LedgerStoreError.unavailable` while the keeper does not answer.
    public func signingKeys() async throws(LedgerStoreError) -> ([LedgerKey], DayKeySummary) {
        do {
            let identity = try await signer.identity()
            let keys = try projections.read { reader in
                try identity.keys.map { key in
                    let said = try reader.signingKey(use: key.use.rawValue, keyID: key.keyID)
                    return LedgerKey(
                        key: key, isDestroyed: identity.destroyed.contains(key.keyID),
                        activated: said.activated, retired: said.retired)
                }
            }
            return (keys, identity.dayKeys)
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }

    /// Puts another key in the place of the one that signs. Once this returns the successor signs; the old one is destroyed as
    /// soon as nothing needs it and the TPM answers.
    ///
    /// - Throws: `LedgerStoreError.unavailable` when keeper or disk did not do it now: what was begun is completed.
    public func rotate(
        _ use: SigningKeyUse, actor: LedgerActor, requestID: String,
        begin: @escaping RotationBeginning
    ) async throws(LedgerStoreError) {
        try await audited("key.rotate.\(use.trusted.rawValue)", actor, requestID) { audit in
            try await rotations.inTurn { [self] in
                try keys.update(await begin())
                // With the audit: from here on there is no way back.
                try await announceKeys(audit: audit)
            }
        }
        do {
            try await rotations.inTurn { [self] in
                try publishTrust()
                try keys.update(await signer.rotate(use, .retire))
                try await announceKeys()
                try publishTrust()
            }
            // What is left waits for nobody who asks.
            try? await rotations.inTurn { [self] in try await destroyRetired() }
            finishRotations()
        } catch {
            completeRotations()
            throw LedgerStoreError(wrapping: error)
        }
    }

    /// Values are encrypted under another key from now on; those that are there stay readable.
    ///
    /// - Throws: `LedgerStoreError.unavailable`.
    public func rotateDayKey(
        actor: LedgerActor, requestID: String, begin: @escaping RotationBeginning
    ) async throws(LedgerStoreError) {
        try await audited("key.rotate.data", actor, requestID) { audit in
            // First: a ledger that cannot write does not rotate.
            _ = try await append(AppendRequest(operator: audit.actor, audit: audit.draft))
            try await rotations.inTurn { [self] in try keys.update(await begin()) }
        }
    }

    private func audited(
        _ action: String, _ actor: LedgerActor, _ requestID: String,
        _ body: (Work.AuditRequest) async throws -> Void
    ) async throws(LedgerStoreError) {
        configuration.giveUpBallastIfFull()
        var draft = AuditDraft(
            category: .operation, action: action, resourceType: "key", requestID: requestID)
        do {
            try await body(Work.AuditRequest(actor: actor, draft: draft))
        } catch {
            // The keeper may have done it all the same.
            completeRotations()
            let error = LedgerStoreError(wrapping: error)
            draft.outcome = .failed
            draft.reason = error.code.rawValue
            _ = try await append(AppendRequest(operator: actor, audit: draft))
            throw error
        }
    }

    // MARK: - Steps

    /// Says what the ledger has not said yet of the keeper's keys.
    private func announceKeys(audit: Work.AuditRequest? = nil) async throws {
        let known = keys.identity.keys
        let missing = try projections.read { reader in
            try known.flatMap { key in
                let said = try reader.signingKey(use: key.use.rawValue, keyID: key.keyID)
                var entries: [SystemEntry] = []
                if said.activated == nil { entries.append(try .keyActivated(key)) }
                if let size = key.untilSize, said.retired == nil {
                    entries.append(.keyRetired(key, untilSize: size))
                }
                return entries
            }
        }
        guard !missing.isEmpty || audit != nil else { return }
        _ = try await append(missing, audit: audit)
    }

    /// As far as the ledger says it: whoever verifies compares both, and the keeper may be ahead of what is said.
    func publishTrust() throws {
        let identity = keys.identity
        let said = try projections.read { reader in
            try identity.keys.compactMap { key -> TrustedKey? in
                let said = try reader.signingKey(use: key.use.rawValue, keyID: key.keyID)
                guard said.activated != nil else { return nil }
                return said.retired == nil ? try key.unretired() : key
            }
        }
        try configuration.announceTrust(identity.trustFile(of: said))
    }

    private func destroyRetired() async throws {
        for use in SigningKeyUse.allCases where keys.identity.hasToDestroy(use) {
            switch use {
            // Every boundary that it signed has its checkpoint in a segment.
            case .checkpoint: try await storeNotes()
            // The open segment ends beyond its range.
            case .segmentManifest: _ = try await sealWhatWaits()
            }
            try keys.update(await signer.rotate(use, .destroy))
        }
    }

    private func storeNotes() async throws {
        let size = shared.withLock { $0.latest?.size ?? 0 }
        publisher.publishNow()
        await settle()
        let isStored = shared.withLock { $0.notes.allSatisfy { $0.size > size } }
        guard isStored else {
            throw LedgerStoreError(.unavailable, "Checkpoints cannot be stored now.")
        }
    }

    /// Completes, in the background and until it is done, what a crash or a failure left of rotations.
    func finishRotations() {
        if isRotationOpen { completeRotations() }
    }

    private func completeRotations() {
        let logger = configuration.logger
        rotations.keepTrying(every: configuration.limits.sealRetryInterval) { [self] in
            try keys.update(await signer.identity())
            try await announceKeys()
            try publishTrust()
            for use in SigningKeyUse.allCases where keys.identity.hasSuccessor(use) {
                try keys.update(await signer.rotate(use, .retire))
                try await announceKeys()
                try publishTrust()
            }
            try await destroyRetired()
        } waiting: { error in
            logger.notice("a rotation of keys waits to be completed: \(error)")
        }
    }

    private var isRotationOpen: Bool {
        let identity = keys.identity
        let isOpen = SigningKeyUse.allCases.contains {
            identity.hasSuccessor($0) || identity.hasToDestroy($0)
        }
        // Said in the ledger, or about to be: whoever opens it does not know yet.
        let isSaid = try? projections.read { reader in
            try identity.keys.allSatisfy { key in
                let said = try reader.signingKey(use: key.use.rawValue, keyID: key.keyID)
                return said.activated != nil && (key.untilSize == nil || said.retired != nil)
            }
        }
        return isOpen || isSaid != true
    }
}

extension TrustedKey {
    /// As it was before it was retired.
    fileprivate func unretired() throws -> TrustedKey {
        try TrustedKey(
            use: use, algorithm: algorithm, name: name, publicKey: publicKey, fromSize: fromSize,
            untilSize: nil, sealCounter: sealCounter)
    }
}

extension SignerIdentity {
    private func keys(_ use: SigningKeyUse) -> [TrustedKey] {
        // The TPM signs checkpoints, too, with a key that is never rotated in a generation.
        keys.filter { $0.use == use.trusted && $0.algorithm != .ecdsaP256 }
    }

    /// A successor was drawn that does not sign yet.
    fileprivate func hasSuccessor(_ use: SigningKeyUse) -> Bool {
        keys(use).count { $0.untilSize == nil } > 1
    }

    fileprivate func hasToDestroy(_ use: SigningKeyUse) -> Bool {
        keys(use).contains { $0.untilSize != nil && !destroyed.contains($0.keyID) }
    }
}
