import HTTPTypes

/// Which media types a client takes (RFC 9110, section 12.5.1).
struct Accept {
    private struct Range {
        let type: Substring
        let subtype: Substring
        /// Thousandths; 0: not this.
        let quality: Int

        /// How closely the range names the type: 3 by itself, 2 by its kind, 1 as one of all; nil: not at all.
        func precision(of type: String) -> Int? {
            if self.type == "*" { return 1 }
            let parts = type.split(separator: "/", maxSplits: 1)
            guard parts.first == self.type else { return nil }
            if subtype == "*" { return 2 }
            return parts.last == subtype ? 3 : nil
        }
    }

    private let ranges: [Range]

    /// Ranges that nobody can read are left out; a client that names no other takes everything.
    init(_ fields: HTTPFields) {
        ranges = (fields[.accept] ?? "").lowercased().split(separator: ",")
            .compactMap(Self.range)
    }

    /// - Parameter offers: media types in lower case without parameters, the first one preferred among equals.
    /// - Returns: nil when the client takes none of them.
    func best(of offers: [String]) -> String? {
        if ranges.isEmpty { return offers.first }
        var best: (type: String, quality: Int)?
        for type in offers {
            let quality = quality(of: type)
            if quality > best?.quality ?? 0 { best = (type, quality) }
        }
        return best?.type
    }

    /// That of the range that names it most closely.
    private func quality(of type: String) -> Int {
        var closest: (precision: Int, quality: Int)?
        for range in ranges {
            guard let precision = range.precision(of: type) else { continue }
            if precision > closest?.precision ?? 0 { closest = (precision, range.quality) }
        }
        return closest?.quality ?? 0
    }

    private static func range(_ text: Substring) -> Range? {
        let parts = text.filter { $0 != " " && $0 != "\t" }.split(separator: ";")
        guard let type = parts.first?.split(separator: "/", omittingEmptySubsequences: false),
            type.count == 2, !type[0].isEmpty, !type[1].isEmpty,
            type[0] != "*" || type[1] == "*"
        else { return nil }
        var quality = 1_000
        for parameter in parts.dropFirst() where parameter.hasPrefix("q=") {
            guard let value = Double(parameter.dropFirst(2)), (0...1).contains(value) else {
                return nil
            }
            quality = Int(value * 1_000)
        }
        return Range(type: type[0], subtype: type[1], quality: quality)
    }
}
