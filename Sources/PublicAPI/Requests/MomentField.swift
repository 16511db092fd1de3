import ContactModel
import ContactServices

/// `asOf`: an RFC 3339 time, or the index of an entry, of the current generation or of the one that `generation` names.
enum MomentField {
    static let names: Set<String> = ["asOf", "generation"]

    /// Nil: as it is now.
    ///
    /// - Throws: `invalid-parameter`
    static func read(_ reader: QueryReader) throws(ServiceError) -> ContactMoment? {
        let generation = try reader.optionalInteger("generation")
        guard let text = reader.optionalText("asOf") else {
            guard generation == nil else { throw bad }
            return nil
        }
        if let index = try? QueryReader.integer(text, "asOf") {
            guard generation != 0 else { throw bad }
            return .entry(index: index, generation: generation)
        }
        guard generation == nil, let time = Timestamp(rfc3339: text),
            time.microsecondsSince1970 >= 0
        else { throw bad }
        let latest = Timestamp.now().microsecondsSince1970 + APILimits.clockSkewMicroseconds
        guard time.microsecondsSince1970 <= latest else {
            throw ServiceError(.invalidParameter, "asOf lies in the future.")
        }
        return .time(time)
    }

    private static let bad = ServiceError(
        .invalidParameter,
        "asOf is an RFC 3339 time such as 2026-01-31T09:30:00Z, or the index of an entry; generation, from 1, goes with an index."
    )
}
