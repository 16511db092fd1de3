internal import FoundationEssentials

/// An object of canonical JSON with exactly the expected members, read by name and type.
struct ManifestReader {
    private let object: CanonicalJSON.Value

    init(bytes: some ContiguousBytes, members: [String]) throws(SegmentManifestError) {
        let value: CanonicalJSON.Value
        do throws(CanonicalJSONError) {
            value = try CanonicalJSON.read(bytes, limit: LedgerLimits.maxManifestBytes)
        } catch {
            throw .notCanonical(error)
        }
        try self.init(value, name: "manifest file", members: members)
    }

    private init(
        _ value: CanonicalJSON.Value, name: String, members: [String]
    ) throws(SegmentManifestError) {
        guard let found = value.members, found.map(\.name) == members else {
            throw .malformed(
                member: name, rule: "an object of exactly " + members.joined(separator: ", "))
        }
        object = value
    }

    func object(
        _ name: String, members: [String]
    ) throws(SegmentManifestError) -> ManifestReader {
        try ManifestReader(object[name] ?? .null, name: name, members: members)
    }

    func string(_ name: String) throws(SegmentManifestError) -> String {
        guard let value = object[name]?.string else {
            throw .malformed(member: name, rule: "a string")
        }
        return value
    }

    func integer(_ name: String) throws(SegmentManifestError) -> UInt64 {
        guard let value = object[name]?.integer else {
            throw .malformed(member: name, rule: "an integer")
        }
        return value
    }

    func digest(_ name: String) throws(SegmentManifestError) -> Digest32 {
        guard let value = Digest32(hex: try string(name)) else {
            throw .malformed(member: name, rule: "64 lower-case hexadecimal digits")
        }
        return value
    }

    func optionalDigest(_ name: String) throws(SegmentManifestError) -> Digest32? {
        object[name]?.isNull == true ? nil : try digest(name)
    }

    func time(_ name: String) throws(SegmentManifestError) -> LedgerTime {
        guard let value = LedgerTime(try string(name)) else {
            throw .malformed(member: name, rule: "UTC as YYYY-MM-DDThh:mm:ss.ffffffZ")
        }
        return value
    }
}
