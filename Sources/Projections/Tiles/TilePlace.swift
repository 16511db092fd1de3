/// Which tile: its level, and its position there.
struct TilePlace: Hashable, Sendable {
    let level: Int
    let number: UInt64
}
