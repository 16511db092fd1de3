public import Foundation
import ProcessBoundary

/// A key that can be rotated.
public enum RotatableKey: String, Sendable, CaseIterable {
    /// The log key.
    case checkpoint
    /// KEK-AUDIT.
    case segmentManifest = "segment-manifest"
    /// The key that encrypts values.
    case data
}

/// The keys of a ledger: public halves, what they count for, and what is left of them.
public struct KeyListView: Sendable {
    public struct Key: Sendable {
        public let use: String
        public let name: String
        /// Hex.
        public let keyID: String
        public let algorithm: String
        public let publicKey: Data
        public let fromSize: UInt64
        public let untilSize: UInt64?
        public let isDestroyed: Bool
        /// Index of the `KeyActivated` and of the `KeyRetired`.
        public let activated: UInt64?
        public let retired: UInt64?
    }

    public let keys: [Key]
    /// Nil: nothing was encrypted yet.
    public let activeDayKey: String?
    public let oldestDayKey: String?
    public let dayKeyCount: UInt64
}

/// Lists keys, and puts others in their place.
public struct KeyService: Sendable {
    private let ledger: any LedgerPort
    private let auditor: Auditor

    public init(ledger: any LedgerPort) {
        self.ledger = ledger
        auditor = Auditor(ledger: ledger)
    }

    public func list(_ request: Authorized) async throws(ServiceError) -> KeyListView {
        var list = WireKeyListRequest()
        list.credential = request.request.credential
        let response = try await ledger.ask(.listKeys(list), Self.keys)
        try await auditor.disclosure(request)
        return KeyListView(response)
    }

    /// The ledger announces it and audits it itself.
    ///
    /// - Returns: the keys after it.
    public func rotate(
        _ key: RotatableKey, _ request: Authorized
    ) async throws(ServiceError) -> KeyListView {
        var rotation = WireKeyRotationRequest()
        rotation.credential = request.request.credential
        rotation.requestID = request.request.requestID.text
        rotation.context = request.auditContext
        if let signature = request.request.signature { rotation.signature = signature.wire }
        rotation.key =
            switch key {
            case .checkpoint: .checkpoint
            case .segmentManifest: .segmentManifest
            case .data: .data
            }
        // An RSA key is drawn, and the TPM counts.
        return KeyListView(
            try await ledger.ask(
                timeout: ServiceLimits.rotationTimeout, .rotateKey(rotation), Self.keys))
    }

    private static func keys(_ result: WireLedgerResponse.OneOf_Result) -> WireKeyListResponse? {
        if case .keys(let response) = result { response } else { nil }
    }
}

extension KeyListView {
    fileprivate init(_ response: WireKeyListResponse) {
        keys = response.keys.map { entry in
            Key(
                use: entry.key.use, name: entry.key.name, keyID: entry.key.keyID,
                algorithm: entry.key.algorithm, publicKey: entry.key.publicKey,
                fromSize: entry.key.fromSize,
                untilSize: entry.key.hasUntilSize ? entry.key.untilSize : nil,
                isDestroyed: entry.key.destroyed,
                activated: entry.hasActivated ? entry.activated : nil,
                retired: entry.hasRetired ? entry.retired : nil)
        }
        let days = response.dayKeys
        activeDayKey = days.active.isEmpty ? nil : days.active
        oldestDayKey = days.oldest.isEmpty ? nil : days.oldest
        dayKeyCount = days.count
    }
}
