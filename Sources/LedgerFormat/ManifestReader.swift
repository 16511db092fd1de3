internal import FoundationEssentials

/// An object of canonical JSON with exactly the expected members, read by name and type.
struct ManifestReader {
    /// Makes the error that tells what part is read.
    typealias Malformed = @Sendable (_ member: String, _ rule: String) -> SegmentManifestError

    private let object: CanonicalJSON.Value
    private let malformed: Malformed

    init(
        bytes: some ContiguousBytes, name: String = "manifest file", members: [String],
        malformed: @escaping Malformed = SegmentManifestError.malformed
    ) throws(SegmentManifestError) {
        let value: CanonicalJSON.Value
        do throws(CanonicalJSONError) {
            value = try CanonicalJSON.read(bytes, limit: LedgerLimits.maxManifestBytes)
        } catch {
            throw .notCanonical(error)
        }
        try self.init(value, name: name, members: members, malformed: malformed)
    }

    private init(
        _ value: CanonicalJSON.Value, name: String, members: [String],
        malformed: @escaping Malformed
    ) throws(SegmentManifestError) {
        guard let found = value.members, found.map(\.name) == members else {
            throw malformed(name, "an object of exactly " + members.joined(separator: ", "))
        }
        object = value
        self.malformed = malformed
    }

    /// - Parameter malformed: nil: as for this object.
    func object(
        _ name: String, members: [String], malformed: Malformed? = nil
    ) throws(SegmentManifestError) -> ManifestReader {
        try ManifestReader(
            object[name] ?? .null, name: name, members: members,
            malformed: malformed ?? self.malformed)
    }

    func objects(
        _ name: String, members: [String]
    ) throws(SegmentManifestError) -> [ManifestReader] {
        guard let values = object[name]?.array else { throw malformed(name, "an array") }
        var readers: [ManifestReader] = []
        for value in values {
            readers.append(
                try ManifestReader(value, name: name, members: members, malformed: malformed))
        }
        return readers
    }

    /// Whether the member is this very string.
    func has(_ name: String, _ text: String) -> Bool {
        object[name]?.string?.utf8.elementsEqual(text.utf8) ?? false
    }

    func string(_ name: String) throws(SegmentManifestError) -> String {
        guard let value = object[name]?.string else {
            throw malformed(name, "a string")
        }
        return value
    }

    func base64(_ name: String) throws(SegmentManifestError) -> [UInt8] {
        guard let value = StrictBase64.decode(try string(name)) else {
            throw malformed(name, "base64")
        }
        return value
    }

    func integer(_ name: String) throws(SegmentManifestError) -> UInt64 {
        guard let value = object[name]?.integer else {
            throw malformed(name, "an integer")
        }
        return value
    }

    func digest(_ name: String) throws(SegmentManifestError) -> Digest32 {
        guard let value = Digest32(hex: try string(name)) else {
            throw malformed(name, "64 lower-case hexadecimal digits")
        }
        return value
    }

    func optionalDigest(_ name: String) throws(SegmentManifestError) -> Digest32? {
        object[name]?.isNull == true ? nil : try digest(name)
    }

    func time(_ name: String) throws(SegmentManifestError) -> LedgerTime {
        guard let value = LedgerTime(try string(name)) else {
            throw malformed(name, "UTC as YYYY-MM-DDThh:mm:ss.ffffffZ")
        }
        return value
    }
}
