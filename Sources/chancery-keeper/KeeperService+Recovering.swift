import ContactModel
import Foundation
import KeyCustody
import LedgerFormat
import ProcessBoundary

extension KeeperService {
    func anchor(
        _ request: WireAnchorRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        guard let occasion = AnchorStatement.Occasion(rawValue: request.occasion) else {
            throw WireFault(.invalid, "the request names no occasion of an anchor")
        }
        var response = WireKeeperResponse()
        response.anchor.payload = EventCoding.encode(
            try await custodian.anchorer.certify(occasion))
        return response
    }

    func recover(
        _ request: WireRecoverRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        var response = WireKeeperResponse()
        response.recover = WireRecoverResponse()
        switch request.step {
        case .look: response.recover.problem = try await custodian.recoverer.problem() ?? ""
        case .begin(let begin):
            try await custodian.recoverer.begin(
                manifest: begin.lastManifest, notes: begin.notes.map { [UInt8]($0) })
        case .end(let end):
            response.recover.generation = try await custodian.recoverer.end(
                note: end.note.isEmpty ? nil : [UInt8](end.note),
                known: end.known.isEmpty ? nil : [UInt8](end.known),
                keys: AnnouncedKeys(
                    activated: Set(end.activated), retired: Set(end.retired)), reason: end.reason)
            isDone("its generation has ended")
        case .resume(let resume):
            response.recover.problem = try await self.resume(resume, custodian) ?? ""
        case nil: throw WireFault(.invalid, "the request names no step of a recovery")
        }
        return response
    }

    /// - Returns: why it may not go on in its generation; nil: it does.
    private func resume(
        _ request: WireResumeGeneration, _ custodian: KeyCustodian
    ) async throws -> String? {
        guard let leaf = Digest32(request.leaf),
            let anchor = try? EventCoding.decode(TPMAnchored.self, from: request.anchor),
            case let subtrees = request.subtrees.compactMap({ Digest32($0) }),
            case let consistency = request.consistency.compactMap({ Digest32($0) }),
            subtrees.count == request.subtrees.count,
            consistency.count == request.consistency.count
        else { throw WireFault(.invalid, "the end of the ledger cannot be read") }
        let refusal = try await custodian.recoverer.resume(
            at: CertifiedEnd(
                anchor: anchor, subtrees: subtrees, leaf: leaf, consistency: consistency),
            manifest: request.known.lastManifest, notes: request.known.notes.map { [UInt8]($0) },
            keys: AnnouncedKeys(
                activated: Set(request.activated), retired: Set(request.retired)),
            reason: request.reason)
        if refusal == nil { isDone("its directory was recovered") }
        return refusal
    }

    /// What it holds in memory is not what its keystore says now.
    private func isDone(_ what: String) {
        state.enter(.refusing(KeyCustodyError(.cannotStart, "\(what); start it again")))
    }
}

extension WireBeginRecovery {
    fileprivate var lastManifest: [UInt8]? { manifest.isEmpty ? nil : [UInt8](manifest) }
}
