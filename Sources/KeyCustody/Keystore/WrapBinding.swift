import Foundation
import LedgerFormat

/// What a stored key is bound to: every column of its row but the wrapped key itself. As associated data:
/// `"chancery/keystore/v2" LF kind LF`, then each part as UInt32 length (big-endian) and bytes, so that no two
/// bindings have the same bytes, whatever stands in a tampered column.
struct WrapBinding: Sendable {
    /// For messages; names no secret.
    let row: String
    let bytes: [UInt8]

    private init(_ kind: String, row: String, _ parts: [[UInt8]]) {
        self.row = row
        var bytes = Array("chancery/keystore/v2\n\(kind)\n".utf8)
        for part in parts {
            bytes.append(bigEndian: UInt32(truncatingIfNeeded: part.count))
            bytes += part
        }
        self.bytes = bytes
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func number(_ number: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: number)
        return bytes
    }

    /// Null is not the same as zero or empty: it has a mark of its own.
    private static func optional(_ bytes: [UInt8]?) -> [UInt8] {
        bytes.map { [1] + $0 } ?? [0]
    }

    static func rootCheck(logName: String, epoch: Int64) -> WrapBinding {
        WrapBinding("meta", row: "meta", [text(logName), number(epoch)])
    }

    static func kek(_ record: KeyRecord) -> WrapBinding {
        WrapBinding(
            "kek", row: "kek \(record.name)#\(record.serial)",
            [
                text(record.name), number(record.serial), text(record.use.rawValue),
                number(record.generation), text(record.algorithm), text(record.keyID),
                optional(record.publicKey.map { [UInt8]($0) }),
                optional(record.fromSize.map(number)), optional(record.untilSize.map(number)),
            ])
    }

    static func shelf(_ shelf: Int64) -> WrapBinding {
        WrapBinding("shelf", row: "shelf \(shelf)", [number(shelf)])
    }

    static func dayKey(_ id: String, created: Int64) -> WrapBinding {
        WrapBinding("dek", row: "dek \(id)", [text(id), number(created)])
    }

    static func indexKey(_ field: String) -> WrapBinding {
        WrapBinding("index", row: "index \(field)", [text(field)])
    }

    static func idempotencyKey(drawn: Int64) -> WrapBinding {
        WrapBinding("idempotency", row: "idempotency_key \(drawn)", [number(drawn)])
    }
}
