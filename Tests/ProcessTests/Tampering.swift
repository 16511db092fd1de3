import Foundation
import GRDB

/// One way to change a sealed ledger, and the place that the verifier must name.
struct Tampering: Sendable {
    let name: String
    /// Segments that may be blamed: with two swapped, either is right.
    let segments: Set<Int>
    /// The first bad entry, where one is to blame.
    var index: Int?
    let apply: @Sendable (TamperedCopy) throws -> Void

    static let all: [Tampering] = [
        Tampering(name: "one byte of a header", segments: [1], index: 7) { copy in
            let header = try copy.bytes("SELECT header FROM entry WHERE idx = 7", in: 1)
            try copy.flip(header, byte: header.count / 2, inFile: copy.segment(1))
        },
        Tampering(name: "one byte of a payload", segments: [1], index: 7) { copy in
            let payload = try copy.bytes("SELECT payload FROM entry WHERE idx = 7", in: 1)
            try copy.flip(payload, byte: payload.count / 2, inFile: copy.segment(1))
        },
        Tampering(name: "one byte of a checkpoint", segments: [2]) { copy in
            let note = try copy.bytes("SELECT note FROM checkpoint ORDER BY size LIMIT 1", in: 2)
            try copy.flip(note, byte: note.count - 10, inFile: copy.segment(2))
        },
        Tampering(name: "one byte of a manifest", segments: [1]) { copy in
            try copy.edit(copy.manifest(1)) { data in
                let place = data.startIndex + data.count / 3
                data[place] =
                    data[place] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
            }
        },
        Tampering(name: "a removed row", segments: [1], index: 9) { copy in
            try copy.rewrite(1) { try $0.execute(sql: "DELETE FROM entry WHERE idx = 9") }
        },
        Tampering(name: "a changed payload row", segments: [1], index: 8) { copy in
            try copy.rewrite(1) {
                try $0.execute(sql: "UPDATE entry SET payload = CAST('{}' AS BLOB) WHERE idx = 8")
            }
        },
        Tampering(name: "two swapped segments", segments: [1, 2]) { copy in
            try copy.swap(copy.segment(1), copy.segment(2))
            try copy.swap(copy.manifest(1), copy.manifest(2))
        },
        Tampering(name: "two swapped segment files under their old manifests", segments: [1, 2]) {
            copy in
            try copy.swap(copy.segment(1), copy.segment(2))
        },
        Tampering(name: "a removed segment", segments: [1]) { copy in
            try FileManager.default.removeItem(atPath: copy.segment(1))
            try FileManager.default.removeItem(atPath: copy.manifest(1))
        },
        Tampering(name: "a trailing byte", segments: [2]) { copy in
            try copy.edit(copy.segment(2)) { $0.append(0) }
        },
    ]
}
