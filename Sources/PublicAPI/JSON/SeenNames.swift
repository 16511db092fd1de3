/// Names of one JSON object. Nearly all objects have a few; one that has many, of a hostile client, must not cost the square of them.
struct SeenNames {
    private var few: [String] = []
    private var many: Set<String> = []

    /// - Returns: false when it is there already.
    mutating func insert(_ name: String) -> Bool {
        if !many.isEmpty { return many.insert(name).inserted }
        guard !few.contains(name) else { return false }
        few.append(name)
        if few.count > 16 { many = Set(few) }
        return true
    }
}
