import LedgerFormat

/// The associated data of a wrapped key:
/// `"chancery/keystore/v1" LF kind LF name LF bucket LF bucket generation`, the last two empty where
/// there is no bucket. No part holds a line feed, so no two bindings have the same bytes.
struct WrapBinding: Sendable {
    private let kind: String
    private let name: String
    private let bucket: String
    private let generation: String

    /// For messages; names no secret.
    var row: String { "\(kind) \(name.isEmpty ? bucket : name)" }

    var bytes: [UInt8] {
        Array("chancery/keystore/v1\n\(kind)\n\(name)\n\(bucket)\n\(generation)".utf8)
    }

    private init(_ kind: String, _ name: String, bucket: String = "", generation: String = "") {
        self.kind = kind
        self.name = name
        self.bucket = bucket
        self.generation = generation
    }

    static let rootCheck = WrapBinding("root", "check")

    static func kek(_ name: String, serial: Int64) -> WrapBinding {
        WrapBinding("kek", "\(name)#\(serial)")
    }

    static func bucket(_ bucket: UInt16, generation: Int64) -> WrapBinding {
        WrapBinding("bucket", "", bucket: String(bucket), generation: String(generation))
    }

    static func subject(_ tag: SubjectTag, bucket: UInt16, generation: Int64) -> WrapBinding {
        WrapBinding("subject", tag.hex, bucket: String(bucket), generation: String(generation))
    }

    static func dayKey(_ id: String) -> WrapBinding {
        WrapBinding("dek", id)
    }

    static func indexKey(_ field: String) -> WrapBinding {
        WrapBinding("index", field)
    }

    static func idempotencyKey(_ day: String) -> WrapBinding {
        WrapBinding("idempotency", day)
    }
}
