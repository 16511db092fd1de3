import LedgerFormat

/// The mark of counters in the TPM, in a file that is durable before they are defined: whatever ends the process meanwhile,
/// what it left in the TPM is found again.
struct CounterMark: Sendable {
    let path: String

    var isThere: Bool { DurableFile.exists(path) }

    /// A new one; what carried the one before must be gone.
    func draw() throws(KeyCustodyError) -> [UInt8] {
        let mark = SecretBytes.random(count: TPMCounter.markBytes).withUnsafeBytes { Array($0) }
        try DurableFile.write(
            Array("chancery counters\n\(LowerHex.encode(mark))\n".utf8), to: path)
        return mark
    }

    /// Removes the counters that carry it from the TPM; does nothing where the file is not there.
    /// - Parameter kept: which stay, though they do.
    func undefineCounters(
        in tpm: TPMDevice, but kept: [TPMCounter] = []
    ) async throws(KeyCustodyError) {
        guard let mark = try read() else { return }
        do throws(TPMError) {
            try await tpm.undefineCounters(mark: mark, but: kept)
        } catch {
            throw KeyCustodyError(
                .cannotStart, "the counters that an interrupted try left cannot be removed",
                tpm: error)
        }
    }

    func remove() throws(KeyCustodyError) {
        try DurableFile.remove(path)
        try DurableFile.syncDirectory(of: path)
    }

    /// nil: the file itself did not get that far, so no counter did.
    private func read() throws(KeyCustodyError) -> [UInt8]? {
        let bytes = try DurableFile.read(path, limit: 256) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count == 2, let mark = LowerHex.decode(String(lines[1])),
            mark.count == TPMCounter.markBytes
        else { return nil }
        return mark
    }
}
