import FoundationEssentials
import ProcessBoundary

/// A JWKS file on disk.
struct KeySetFile: Sendable {
    let path: String

    func read() throws(KeySetError) -> KeySet {
        guard let version = FileVersion(path) else {
            throw .init("\(path) is not there; create it with `chancery up` or choose --home")
        }
        guard version.size <= Int64(TokenLimits.keySetBytes) else {
            throw .init("\(path) cannot be used: it is too large")
        }
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            throw .init("\(path) cannot be read; check its permissions")
        }
        do {
            return try KeySet(bytes)
        } catch {
            throw .init("\(path) cannot be used: \(error.message)")
        }
    }
}
