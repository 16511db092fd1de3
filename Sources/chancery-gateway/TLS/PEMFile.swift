import Glibc
import ProcessBoundary

/// Reads what the TLS layer is configured with.
enum PEMFile {
    /// A revocation list of a hundred thousand certificates fits.
    static let maxBytes = 8 << 20

    /// Follows links: tools that renew certificates put the newest one behind a link.
    /// - Throws: `StartError`
    static func read(_ path: String) throws(StartError) -> [UInt8] {
        try StartError.reading(path) {
            guard let resolved = realpath(path, nil) else {
                throw SystemError("find", path, errno: errno)
            }
            defer { free(resolved) }
            return try SystemFile.read(String(cString: resolved), limit: maxBytes)
        }
    }
}
