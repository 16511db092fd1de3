import Crypto
public import FoundationEssentials
import ProcessBoundary

/// When an issuer's keys were last seen to be those that it publishes: a file beside the key set, written by whoever fetches it.
///
/// An issuer that cannot be reached cannot withdraw a key, so that this has to be noticed.
public struct KeySetFetch: Codable, Sendable {
    /// SHA-256 of the key set, base64url: of another one it says nothing.
    private let digest: String
    /// Seconds since 1970.
    private let time: Int64
    /// Seconds between two fetches; nil: it was fetched once.
    private let every: Int64?

    private static let maxBytes = 1_024
    /// Missed fetches until somebody is told.
    private static let patience: Int64 = 3

    public init(of keySet: some Sequence<UInt8>, at time: Date, every: Duration?) {
        digest = Self.digest(Array(keySet))
        self.time = Int64(time.timeIntervalSince1970)
        self.every = every?.components.seconds
    }

    public static func path(of keySet: String) -> String { keySet + ".fetched" }

    /// - Returns: nil where the key set was not fetched, but put there.
    public static func read(beside keySet: String) -> KeySetFetch? {
        guard let bytes = try? SystemFile.read(path(of: keySet), limit: maxBytes),
            let fetch = try? JSONDecoder().decode(Self.self, from: Data(bytes)),
            let keys = try? SystemFile.read(keySet, limit: TokenLimits.keySetBytes),
            fetch.digest == digest(keys)
        else { return nil }
        return fetch
    }

    /// Why the keys may be others by now; nil: they were fetched lately, or are not fetched again.
    public func problem(at now: Date) -> String? {
        guard let every else { return nil }
        let (due, overflow) = every.multipliedReportingOverflow(by: Self.patience)
        let age = now.timeIntervalSince1970 - Double(time)
        guard !overflow, age > Double(due) else { return nil }
        return
            "the issuer's keys were last fetched at \(Date(timeIntervalSince1970: Double(time)).ISO8601Format()), to be every \(every) s: a key withdrawn since still counts; see log/issuer-keys.log"
    }

    private static func digest(_ keySet: [UInt8]) -> String {
        Base64URL.encode(SHA256.hash(data: keySet))
    }
}
