import Foundation
import Logging

/// Bytes set aside on the ledger's file system, given up when an operator must act on a disk that others filled:
/// the audit entry of that needs room too. Made again when there is room enough.
struct Ballast: Sendable {
    let path: String
    let bytes: UInt64
    let logger: Logger

    var isThere: Bool { DurableFile.size(path) >= bytes }

    func release() {
        guard DurableFile.exists(path) else { return }
        do {
            try DurableFile.removeIfPresent(path)
            logger.warning("the disk is full: gave up the ballast of \(bytes >> 20) MiB")
        } catch {
            logger.error("the ballast cannot be given up: \(error)")
        }
    }

    /// - Parameter free: bytes free now. Only with as much again to spare, so that it does not come and go.
    func restore(free: UInt64, reserved: UInt64) {
        guard bytes > 0, !isThere, free >= reserved + 2 * bytes else { return }
        do {
            try DurableFile.reserve(bytes, at: path)
            logger.notice("set aside a ballast of \(bytes >> 20) MiB")
        } catch {
            logger.error("the ballast cannot be set aside: \(error)")
        }
    }
}
