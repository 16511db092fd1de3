extension Ledger {
    /// Goes on with a data directory that is not the newest: in its generation, where it is shown that nothing that was signed is
    /// missing; else it ends the generation and has the keeper begin the next: what is here stays,
    /// proofs and all, and goes on under another origin. No ledger may have the directory open.
    ///
    /// - Parameter known: checkpoints of the generation that an operator, an auditor or a witness holds.
    /// - Returns: nil when nothing stands in the way of an ordinary start.
    /// - Throws: `LedgerStoreError.damaged` for a ledger that does not verify, before anything is changed; `.invalid` for a known checkpoint that is none of
    ///   the generation's; `.equivocation` for one with another root than the ledger has; `.locked`,
    ///   `.unavailable`. May be repeated, whatever it got to.
    public static func recover(
        _ configuration: LedgerConfiguration, reason: String, known: [[UInt8]] = [],
        signer: any TreeSigner,
        ender: any GenerationEnder, reindexer: any Reindexer
    ) async throws(LedgerStoreError) -> RecoveryReport? {
        do {
            let lock = try DirectoryLock(configuration.directory)
            defer { lock.release() }
            let ending = GenerationEnding(
                configuration: configuration, signer: signer, ender: ender, reindexer: reindexer)
            return try await ending.run(reason: reason, known: known)
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }
}
