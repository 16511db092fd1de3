/// What a principal may read and write: a range of the lattice of labels, `low-high` (as SELinux MLS ranges).
///
/// Reading goes up to `high` (Bell-LaPadula: nothing above it; strict Biba: nothing less trusted). Writing stays between both:
/// not below `low`, where information would sink, nor with more trust than `low` has. A clearance of one label is that label twice.
public struct Clearance: Hashable, Sendable {
    public let low: SecurityLabel
    public let high: SecurityLabel
    /// What is written about the principal's doings: nothing it touched is above it.
    public let auditLabel: SecurityLabel
    /// Its text, made once: it stands in the header of every append's last entry.
    public let auditLabelText: String

    /// `s1/i1`.
    public static let `default` = Clearance(.default)

    /// - Throws: `ValidationError` with code `invalid-label` unless `high` dominates `low`.
    public init(low: SecurityLabel, high: SecurityLabel) throws(ValidationError) {
        guard high.dominates(low) else {
            throw ValidationError(
                .invalidLabel, "The upper label of a clearance dominates the lower one.")
        }
        self.init(unchecked: low, high)
    }

    public init(_ label: SecurityLabel) { self.init(unchecked: label, label) }

    private init(unchecked low: SecurityLabel, _ high: SecurityLabel) {
        self.low = low
        self.high = high
        auditLabel = high.join(.audit)
        auditLabelText = auditLabel.text
    }

    /// Whether an object with this label is there for the principal.
    public func canRead(_ label: SecurityLabel) -> Bool { high.dominates(label) }

    /// Whether the principal may make something that bears this label.
    public func canWrite(_ label: SecurityLabel) -> Bool {
        high.dominates(label) && label.dominates(low)
    }

    /// Whether the principal may change something that bears this label: it sees it, and has as much trust as it (Biba: no write up).
    /// What it adds bears a label of its own, and the whole is joined of both.
    public func canChange(_ label: SecurityLabel) -> Bool {
        canRead(label) && low.integrity >= label.integrity
    }

    /// Whether the principal may erase something that bears this label. Forgetting is owed to a person whatever the data is worth, so
    /// that integrity does not count.
    public func canErase(_ label: SecurityLabel) -> Bool {
        high.isAtLeastAsSecret(as: label)
    }

    /// Whether the range lets a trusted subject take an object from one label to another: it must be trusted with both. In which
    /// direction is another question: ``SecurityLabel/raisesOrEndorses(_:)``.
    public func canRelabel(from old: SecurityLabel, to new: SecurityLabel) -> Bool {
        canWrite(old) && canWrite(new)
    }
}

extension Clearance: CustomStringConvertible {
    /// A label, or two joined by `-`: `s1/i1`, `s0/i2-s2:c0.c3/i0`.
    ///
    /// - Throws: `ValidationError` with code `invalid-label`.
    public init(_ text: String) throws(ValidationError) {
        guard text.utf8.count <= 2 * ModelLimits.clearanceLabelBytes + 1 else {
            throw Self.tooLong
        }
        // Only caveats have hyphens of their own, and they stand behind a label's one slash.
        let split = text.lastIndex(of: "/").flatMap { text[..<$0].lastIndex(of: "-") }
        if let split {
            try self.init(
                low: Self.label(text[..<split]), high: Self.label(text[text.index(after: split)...])
            )
        } else {
            self.init(try Self.label(text[...]))
        }
        guard description == text else {
            throw ValidationError(
                .invalidLabel, "A clearance of one label is written once: \(description).")
        }
    }

    public var description: String { low == high ? high.text : "\(low.text)-\(high.text)" }

    private static func label(_ text: Substring) throws(ValidationError) -> SecurityLabel {
        guard text.utf8.count <= ModelLimits.clearanceLabelBytes else { throw tooLong }
        return try SecurityLabel(String(text))
    }

    private static let tooLong = ValidationError(
        .invalidLabel,
        "The labels of a clearance have at most \(ModelLimits.clearanceLabelBytes) characters.")
}
