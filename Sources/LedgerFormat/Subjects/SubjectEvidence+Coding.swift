// FORMAT 9.11: canonical JSON
//   {"attributedData":[{"data":base64,"provenanceId":…,"salt":base64},…],"checks":…,
//    "entries":[{"header":base64,"payload":base64,"receipt":base64},…],"format":"chancery-subject/1",
//    "heads":{"count":n,"leaves":[{"lastIndex":n,"place":n,"proof":[hex,…],"stream":…,"tag":hex,"version":n},…],"manifest":base64},
//    "subject":hex}
// `heads` may be null. `checks` is the word of whoever gave the document out, and is passed over.

public import FoundationEssentials

extension SubjectEvidence {
    public static let format = "chancery-subject/1"
    /// Of a document: more than the entries of one subject that are given out at one time.
    public static let maxBytes = 64 << 20

    /// - Parameter checks: what the giver found, in words of its own.
    public func bytes(
        checks: CanonicalJSON.Value
    ) throws(CanonicalJSONError) -> [UInt8] {
        try CanonicalJSON.write(
            .object([
                .init("attributedData", .array(attributedData.map(Self.value))),
                .init("checks", checks),
                .init("entries", .array(entries.map(Self.value))),
                .init("format", .string(Self.format)),
                .init("heads", heads.map(Self.value) ?? .null),
                .init("subject", .string(subject.hex)),
            ]), limit: Self.maxBytes)
    }

    private static func value(_ data: AttributedData) -> CanonicalJSON.Value {
        .object([
            .init("data", base64(data.data)), .init("provenanceId", .string(data.provenanceID)),
            .init("salt", base64(data.salt)),
        ])
    }

    private static func value(_ entry: Entry) -> CanonicalJSON.Value {
        .object([
            .init("header", base64(entry.header)), .init("payload", base64(entry.payload)),
            .init("receipt", base64(entry.receipt)),
        ])
    }

    private static func value(_ heads: SubjectHeadsProof) -> CanonicalJSON.Value {
        .object([
            .init("count", .integer(heads.count)),
            .init("leaves", .array(heads.leaves.map(value))),
            .init("manifest", base64(heads.manifest)),
        ])
    }

    private static func value(_ leaf: SubjectHeadsProof.Leaf) -> CanonicalJSON.Value {
        .object([
            .init("lastIndex", .integer(leaf.head.lastIndex)),
            .init("place", .integer(leaf.place)),
            .init("proof", .array(leaf.proof.map { .string($0.hex) })),
            .init("stream", .string(leaf.head.stream.rawValue)),
            .init("tag", .string(leaf.head.tag.hex)),
            .init("version", .integer(leaf.head.version)),
        ])
    }

    private static func base64(_ data: Data) -> CanonicalJSON.Value {
        .string(StrictBase64.encode(Array(data)))
    }

    // MARK: - Reading

    /// - Throws: `SubjectEvidenceError.malformed`
    public init(parsing file: some ContiguousBytes) throws(SubjectEvidenceError) {
        let value: CanonicalJSON.Value
        do throws(CanonicalJSONError) {
            value = try CanonicalJSON.read(file, limit: Self.maxBytes)
        } catch {
            throw .malformed(error.message)
        }
        guard
            value.members?.map(\.name)
                == ["attributedData", "checks", "entries", "format", "heads", "subject"],
            value["format"]?.string == Self.format
        else { throw .malformed("it is no \(Self.format)") }
        guard let subject = value["subject"]?.string.flatMap({ SubjectTag(hex: $0) }) else {
            throw .malformed("subject is no tag")
        }
        var entries: [Entry] = []
        for entry in try Self.list(value["entries"], "entries") {
            entries.append(
                Entry(
                    header: try Self.data(entry["header"], "header"),
                    payload: try Self.data(entry["payload"], "payload"),
                    receipt: try Self.data(entry["receipt"], "receipt")))
        }
        var opened: [AttributedData] = []
        for data in try Self.list(value["attributedData"], "attributedData") {
            guard let id = data["provenanceId"]?.string else {
                throw .malformed("provenanceId is no text")
            }
            opened.append(
                AttributedData(
                    provenanceID: id, salt: try Self.data(data["salt"], "salt"),
                    data: try Self.data(data["data"], "data")))
        }
        self.init(
            subject: subject, entries: entries, heads: try Self.heads(value["heads"]),
            attributedData: opened)
    }

    private static func heads(
        _ value: CanonicalJSON.Value?
    ) throws(SubjectEvidenceError) -> SubjectHeadsProof? {
        guard let value, !value.isNull else { return nil }
        guard let count = value["count"]?.integer else { throw .malformed("heads have no count") }
        var leaves: [SubjectHeadsProof.Leaf] = []
        for leaf in try list(value["leaves"], "leaves") {
            guard let tag = leaf["tag"]?.string.flatMap({ SubjectTag(hex: $0) }),
                let stream = leaf["stream"]?.string.flatMap(EntryStream.init(rawValue:)),
                let last = leaf["lastIndex"]?.integer, let version = leaf["version"]?.integer,
                let place = leaf["place"]?.integer
            else { throw .malformed("a leaf is no head") }
            var proof: [Digest32] = []
            for hash in try list(leaf["proof"], "proof") {
                guard let hash = hash.string.flatMap({ Digest32(hex: $0) }) else {
                    throw .malformed("a proof has what is no hash")
                }
                proof.append(hash)
            }
            leaves.append(
                SubjectHeadsProof.Leaf(
                    place: place,
                    head: SubjectHeads.Head(
                        tag: tag, stream: stream, lastIndex: last, version: version),
                    proof: proof))
        }
        return SubjectHeadsProof(
            manifest: try data(value["manifest"], "manifest"), count: count, leaves: leaves)
    }

    private static func list(
        _ value: CanonicalJSON.Value?, _ name: String
    ) throws(SubjectEvidenceError) -> [CanonicalJSON.Value] {
        guard let list = value?.array else { throw .malformed("\(name) is no array") }
        return list
    }

    private static func data(
        _ value: CanonicalJSON.Value?, _ name: String
    ) throws(SubjectEvidenceError) -> Data {
        guard let bytes = value?.string.flatMap({ StrictBase64.decode($0) }) else {
            throw .malformed("\(name) is no base64")
        }
        return Data(bytes)
    }
}
