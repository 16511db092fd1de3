import FoundationEssentials

extension SubjectEvidence {
    /// Holds what was opened against the hashes in the records that tell of it (FORMAT 9.9).
    ///
    /// - Returns: records whose hash was checked.
    /// - Throws: `SubjectEvidenceError.attributedData`
    public func checkAttributedData() throws(SubjectEvidenceError) -> Int {
        guard !attributedData.isEmpty else { return 0 }
        var hashes: [String: String] = [:]
        for entry in entries {
            guard let header = try? EntryHeader(canonical: entry.header),
                header.stream == .provenance, header.type == "ProvenanceRecorded",
                let payload = try? CanonicalJSON.read(
                    entry.payload, limit: LedgerLimits.maxPayloadBytes),
                let id = payload["provenanceId"]?.string,
                let hash = payload["attributedDataHash"]?.string
            else { continue }
            // The first by its id: a later one speaks for nothing.
            hashes[id] = hashes[id] ?? hash
        }
        var checked: Set<String> = []
        for data in attributedData {
            guard let hash = hashes[data.provenanceID] else {
                throw .attributedData("no record \(data.provenanceID) that has a hash is here")
            }
            guard AttributedDataCommitment.hash(salt: data.salt, data.data)?.hex == hash else {
                throw .attributedData("the hash of record \(data.provenanceID) is another one")
            }
            checked.insert(data.provenanceID)
        }
        return checked.count
    }
}
