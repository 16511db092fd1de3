import HTTPTypes
import Hummingbird

/// Which of several representations a client wants (RFC 9110, section 12.5.1).
enum Negotiation {
    /// The one that `Accept` gives the highest quality, the first of equals; the first of all where it names none of them: an answer of
    /// another type says more than none.
    static func preferred(_ request: Request, among types: [String]) -> String {
        let ranges = request.headers[values: .accept].flatMap { $0.split(separator: ",") }
            .prefix(mostRanges).compactMap(Range.init)
        guard let usual = types.first, !ranges.isEmpty else { return types.first ?? "" }
        var best = (type: usual, quality: 0)
        for type in types {
            let quality = ranges.filter { $0.fits(type) }.max { $0.precision < $1.precision }?
                .quality
            if let quality, quality > best.quality { best = (type, quality) }
        }
        return best.type
    }

    /// More say nothing that a client means.
    private static let mostRanges = 32

    private struct Range {
        let type: Substring
        /// Thousandths.
        let quality: Int

        init?(_ text: Substring) {
            let parts = text.lowercased().split(separator: ";").map { part in
                part.filter { $0 != " " && $0 != "\t" }
            }
            guard let type = parts.first else { return nil }
            self.type = Substring(type)
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
            guard let weight else {
                quality = 1_000
                return
            }
            guard let value = Double(weight.dropFirst(2)), (0...1).contains(value) else {
                return nil
            }
            quality = Int(value * 1_000)
        }

        /// An exact type counts more than all of a kind, and that more than any.
        var precision: Int { type == "*/*" ? 0 : type.hasSuffix("/*") ? 1 : 2 }

        func fits(_ other: String) -> Bool {
            switch precision {
            case 0: true
            case 1: other.hasPrefix(type.dropLast())
            default: type == other
            }
        }
    }
}
