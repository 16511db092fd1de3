/// How sure a source is, 0 to 1, kept as ten-thousandths because the ledger knows integers only.
public struct Confidence: Hashable, Sendable, Comparable {
    /// 0…10,000.
    public let tenThousandths: Int

    /// Rounds to the nearest ten-thousandth.
    ///
    /// - Throws: `ValidationError` with code `invalid-confidence` outside 0…1 and for what is not a number.
    public init(_ fraction: Double) throws(ValidationError) {
        guard fraction >= 0, fraction <= 1 else {
            throw ValidationError(.invalidConfidence, "The confidence is a number from 0 to 1.")
        }
        tenThousandths = Int((fraction * 10_000).rounded())
    }

    public init?(tenThousandths: Int) {
        guard (0...10_000).contains(tenThousandths) else { return nil }
        self.tenThousandths = tenThousandths
    }

    public var fraction: Double { Double(tenThousandths) / 10_000 }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.tenThousandths < rhs.tenThousandths }
}
