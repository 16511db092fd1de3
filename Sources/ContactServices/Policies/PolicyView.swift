import AccessControl
import Crypto
import Foundation
import LedgerFormat
import ProcessBoundary

/// Policies and the entry that put them in force.
public struct PolicyView: Sendable {
    public struct Entry: Sendable {
        public let generation: UInt64
        public let index: UInt64
        public let actor: String
        public let time: String
    }

    /// Counts on over generations; 0: those that are compiled in.
    public let version: UInt64
    /// nil: those that are compiled in.
    public let entry: Entry?
    /// nil: those that were compiled into a gateway of the past, which this one does not know.
    public let text: String?
    /// SHA-256, hex.
    public let textHash: String?
}

extension PolicyView {
    /// - Parameter isPast: whether they were asked for as of an earlier moment.
    init(_ response: WirePolicyResponse, isPast: Bool) throws(ServiceError) {
        version = response.version
        guard response.version != 0 else {
            entry = nil
            text = isPast ? nil : PolicySet.defaultText
            textHash = text.map { LowerHex.encode(Data(SHA256.hash(data: Data($0.utf8)))) }
            return
        }
        guard let text = String(validating: response.text, as: UTF8.self) else {
            throw .unexpectedReply(.ledger)
        }
        entry = Entry(
            generation: response.generation, index: response.index, actor: response.actor,
            time: response.time)
        self.text = text
        textHash = LowerHex.encode(response.textHash)
    }
}
