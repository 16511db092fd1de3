import LedgerFormat
import Projections

/// One generation's tree, as far as it may be told about.
public struct ReadableTree: Sendable {
    public let generation: UInt64
    public let size: UInt64
    /// The newest group checkpoint, which may be of a tree that is not projected yet.
    let note: SizedNote?
    let nodes: NodeFile

    func tile(level: Int, number: UInt64, width: Int) throws(LedgerStoreError) -> Tile {
        guard let tile = Tile(level: level, number: number, width: width) else {
            throw LedgerStoreError(.invalid, "There can be no such tile.")
        }
        guard Tile.width(level: level, number: number, size: size) >= width else {
            throw lacks("tile \(level)/\(number) of width \(width)")
        }
        return tile
    }

    func lacks(_ what: String) -> LedgerStoreError {
        LedgerStoreError(.notFound, "There is no \(what); the signed tree has size \(size).")
    }
}
