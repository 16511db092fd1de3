import ContactServices
import HTTPTypes
import Hummingbird

/// Conditional requests (RFC 9110, section 13). Entity tags are strong: a version in double quotes.
enum Conditions {
    static func tag(_ version: UInt64) -> String { "\"\(version)\"" }

    /// - Parameter isRequired: whether a request without `If-Match` is refused, since it would overwrite what it has not seen.
    /// - Throws: `precondition-required`; `invalid-parameter` for what is no list of entity tags.
    static func ifMatch(
        _ request: Request, isRequired: Bool = false
    ) throws(ServiceError) -> MutationCommand.Precondition? {
        guard let header = request.headers[.ifMatch] else {
            guard !isRequired else {
                throw ServiceError(
                    .preconditionRequired,
                    "Say in If-Match which version this replaces: the ETag that the contact was read with."
                )
            }
            return nil
        }
        switch try tags(header, "If-Match") {
        case .any: return .exists
        // A weak tag matches nothing here, and one that is no version of ours neither.
        case .tags(let tags): return .versions(tags.compactMap { $0.isWeak ? nil : $0.version })
        }
    }

    /// The one version that `If-Match` names; nil: none is named, or `*`.
    ///
    /// - Throws: `invalid-parameter` for several; `precondition-failed` for one that no contact is at.
    static func oneIfMatch(_ request: Request) throws(ServiceError) -> UInt64? {
        guard case .versions(let versions)? = try ifMatch(request) else { return nil }
        guard versions.count < 2 else {
            throw ServiceError(.invalidParameter, "If-Match takes one entity tag here.")
        }
        guard let version = versions.first else { throw .preconditionFailed }
        return version
    }

    /// Whether the client has this version already (`If-None-Match`, weak comparison). What is no list of entity tags is passed over:
    /// the whole answer does no harm.
    static func isKnown(_ version: UInt64, to request: Request) -> Bool {
        guard let header = request.headers[.ifNoneMatch],
            let known = try? tags(header, "If-None-Match")
        else { return false }
        switch known {
        case .any: return true
        case .tags(let tags): return tags.contains { $0.version == version }
        }
    }

    private enum Tags {
        case any
        case tags([Tag])
    }

    private struct Tag {
        let isWeak: Bool
        /// Nil: none of ours.
        let version: UInt64?
    }

    private static let most = 32

    private static func tags(_ header: String, _ name: String) throws(ServiceError) -> Tags {
        if header == "*" { return .any }
        let bad = ServiceError(
            .invalidParameter, "\(name) is *, or up to \(most) entity tags such as \"17\".")
        let parts = header.split(
            separator: ",", maxSplits: most, omittingEmptySubsequences: false)
        guard parts.count <= most else { throw bad }
        var tags: [Tag] = []
        for part in parts {
            var text = part.trimming { $0 == " " || $0 == "\t" }
            let isWeak = text.hasPrefix("W/")
            if isWeak { text = text.dropFirst(2) }
            guard text.utf8.count >= 2, text.first == "\"", text.last == "\"",
                case let inner = text.dropFirst().dropLast(), !inner.contains("\"")
            else { throw bad }
            tags.append(
                Tag(isWeak: isWeak, version: try? QueryReader.integer(String(inner), name)))
        }
        return .tags(tags)
    }
}

extension Substring {
    fileprivate func trimming(_ isBlank: (Character) -> Bool) -> Substring {
        var text = drop(while: isBlank)
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }
}
