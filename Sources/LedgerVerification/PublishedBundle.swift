internal import LedgerFormat

/// 256 entries as served, or the last few: their headers, and the leaf hashes that the tile has for them.
struct PublishedBundle: Sendable {
    let headers: [[UInt8]]
    let leaves: [Digest32]
    let tilePath: String

    /// Fetches bundles and tiles of a tree of `size`. A partial one may be gone when the tree has grown
    /// meanwhile; the full one then begins with it (C2SP tlog-tiles).
    struct Reader: Sendable {
        let source: any TileSource
        let size: UInt64

        func read(_ number: UInt64) async -> Result<PublishedBundle, VerificationFailure> {
            do throws(VerificationFailure) {
                let width = Tile.width(level: 0, number: number, size: size)
                guard let tile = Tile(level: 0, number: number, width: width) else {
                    throw VerificationFailure(.indexGap, "there is no bundle \(number)")
                }
                let path = TilePath.entries(number: number, width: width).text
                let full = TilePath.entries(number: number, width: LedgerLimits.tileWidth).text
                let bytes = try await fetch(path, or: full, atMost: LedgerLimits.maxBundleBytes)
                let headers: [[UInt8]]
                do throws(EntryBundleError) {
                    headers = try EntryBundle.decode(bytes)
                } catch {
                    throw VerificationFailure(
                        .header, index: number * UInt64(LedgerLimits.tileWidth), file: path,
                        error.message)
                }
                guard headers.count >= width else {
                    throw VerificationFailure(
                        .indexGap,
                        index: number * UInt64(LedgerLimits.tileWidth) + UInt64(headers.count),
                        file: path, "the bundle ends before the entry")
                }
                let (leaves, tilePath) = try await self.tile(tile)
                return .success(
                    PublishedBundle(
                        headers: Array(headers.prefix(width)), leaves: leaves, tilePath: tilePath))
            } catch {
                return .failure(error)
            }
        }

        /// - Returns: as many hashes as the tile is wide.
        func tile(
            _ tile: Tile
        ) async throws(VerificationFailure) -> (hashes: [Digest32], path: String) {
            let path = TilePath.hashes(tile).text
            let full = Tile(level: tile.level, number: tile.number).map { TilePath.hashes($0).text }
            let bytes = try await fetch(
                path, or: full ?? path, atMost: LedgerLimits.tileWidth * Digest32.byteCount)
            let hashes = stride(from: 0, to: bytes.count, by: Digest32.byteCount).compactMap {
                Digest32(Array(bytes[$0..<min(bytes.count, $0 + Digest32.byteCount)]))
            }
            guard bytes.count.isMultiple(of: Digest32.byteCount), hashes.count >= tile.width else {
                throw VerificationFailure(
                    .rootMismatch, file: path,
                    "the tile has \(bytes.count) bytes, not 32 for each hash")
            }
            return (Array(hashes.prefix(tile.width)), path)
        }

        private func fetch(
            _ path: String, or full: String, atMost limit: Int
        ) async throws(VerificationFailure) -> [UInt8] {
            if let bytes = try await source.fetch(path, atMost: limit) { return bytes }
            if full != path, let bytes = try await source.fetch(full, atMost: limit) {
                return bytes
            }
            throw VerificationFailure(
                .indexGap, file: path,
                "it is not served, although the checkpoint says that the tree has \(size) entries")
        }
    }
}
