extension ProvenanceRecorded {
    /// Whether its ids and its hash are what their names say. Whoever projects it, or redoes the hash, relies on it.
    public var isWellFormed: Bool {
        guard Self.isID(provenanceId), attributes.count <= ModelLimits.attributesPerRequest,
            attributes.allSatisfy(Self.isID)
        else { return false }
        guard let hash = attributedData?.hash else { return true }
        return hash.utf8.count == 64
            && hash.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func isID(_ text: String) -> Bool { (try? EntityID(text))?.text == text }
}
