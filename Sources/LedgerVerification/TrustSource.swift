public import LedgerFormat

/// Reads trust files from disk, bounded.
public enum TrustSource {
    /// - Throws: `unreadable`, `trustFile`.
    public static func read(path: String) throws(VerificationFailure) -> TrustFile {
        let bytes = try EvidenceFile.read(
            path, atMost: LedgerLimits.maxTrustFileBytes, tooLarge: .trustFile)
        do throws(TrustFileError) {
            return try TrustFile(parsing: bytes)
        } catch {
            throw VerificationFailure(.trustFile, file: EvidenceFile.name(path), error.message)
        }
    }
}

extension TrustFile {
    /// - Throws: `generationUntrusted` when nobody the auditor trusts speaks for the generation.
    func require(_ number: UInt64) throws(VerificationFailure) -> Generation {
        guard let found = generation(number) else {
            throw VerificationFailure(
                .generationUntrusted,
                "the trust file does not list generation \(number): nobody trusted vouches for it; "
                    + "obtain a newer trust file, or ask who began the generation")
        }
        return found
    }
}
