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
