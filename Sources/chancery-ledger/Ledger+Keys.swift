import ContactModel
import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary

extension Ledger {
    func answer(
        _ request: WireKeyRotationRequest, by actor: LedgerActor, _ keeper: KeeperPort
    ) async throws(WireFault) -> WireKeyListResponse {
        let use: SigningKeyUse?
        switch request.key {
        case .checkpoint: use = .checkpoint
        case .segmentManifest: use = .segmentManifest
        case .data: use = nil
        case .unspecified, .UNRECOGNIZED:
            throw WireFault(.invalid, "The request names no key that can be rotated.")
        }
        let begin: RotationBeginning = { try await keeper.beginRotation(of: use, for: request) }
        do throws(LedgerStoreError) {
            if let use {
                try await rotate(use, actor: actor, requestID: request.requestID, begin: begin)
            } else {
                try await rotateDayKey(actor: actor, requestID: request.requestID, begin: begin)
            }
        } catch {
            throw WireFault(error)
        }
        return try await listKeys()
    }

    func listKeys() async throws(WireFault) -> WireKeyListResponse {
        var response = WireKeyListResponse()
        do throws(LedgerStoreError) {
            let (keys, dayKeys) = try await signingKeys()
            response.keys = keys.map(WireKeyEntry.init)
            response.dayKeys.active = dayKeys.active ?? ""
            response.dayKeys.oldest = dayKeys.oldest ?? ""
            response.dayKeys.count = dayKeys.count
        } catch {
            throw WireFault(error)
        }
        return response
    }
}

extension WireKeyEntry {
    fileprivate init(_ entry: LedgerKey) {
        self.init()
        key.use = entry.key.use.rawValue
        key.algorithm = entry.key.algorithm.rawValue
        key.name = entry.key.name
        key.keyID = entry.key.keyID
        key.publicKey = Data(entry.key.publicKey)
        key.fromSize = entry.key.fromSize
        if let until = entry.key.untilSize { key.untilSize = until }
        key.destroyed = entry.isDestroyed
        if let index = entry.activated { activated = index }
        if let index = entry.retired { retired = index }
    }
}
