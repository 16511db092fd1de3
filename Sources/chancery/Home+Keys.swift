import Foundation

extension Home {
    /// - Throws: `stateMissing` if there is a ledger without any of the keys that it was written with: the keeper would take
    ///   this for a first start and draw new ones, which read nothing of it and cannot continue it.
    func requireKeys() throws(OperatorError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: ledger)) ?? []
        guard names.contains(where: { $0.hasPrefix("segment-") && $0.hasSuffix(".sqlite") }),
            !Files.exists(sealedRoot), !Files.exists(layout.keystore)
        else { return }
        throw OperatorError(
            .stateMissing,
            "\(keys) is empty, but \(ledger) holds a ledger: its signing keys and the keys of its personal data are missing.",
            next:
                "Put \(keys) back from a copy. Without one, what was written still verifies; to start over, move \(root) away."
        )
    }
}
