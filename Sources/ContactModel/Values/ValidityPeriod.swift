/// When an attribute holds: from a time, and before another unless it is open.
public struct ValidityPeriod: Hashable, Sendable {
    public let from: Timestamp
    /// Nil: open. Otherwise later than `from`.
    public let until: Timestamp?

    /// - Throws: `ValidationError` with code `invalid-validity` when the end is not after the start.
    public init(from: Timestamp, until: Timestamp?) throws(ValidationError) {
        if let until, until <= from {
            throw ValidationError(
                .invalidValidity, "validUntil must be later than validFrom.", pointer: "/validUntil"
            )
        }
        self.from = from
        self.until = until
    }
}
