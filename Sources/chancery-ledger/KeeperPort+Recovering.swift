import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary

extension KeeperPort: AnchorCertifier {
    /// A stop waits for it.
    private static let anchorTimeout = Duration.seconds(5)

    func anchor(_ occasion: AnchorStatement.Occasion) async throws -> Data {
        var request = WireAnchorRequest()
        request.occasion = occasion.rawValue
        return try await ask(.anchor(request), timeout: Self.anchorTimeout) {
            result -> WireAnchorResponse? in
            if case .anchor(let response) = result { response } else { nil }
        }.payload
    }
}

/// Started to recover.
extension KeeperPort: GenerationEnder {
    func problem() async throws -> String? {
        let problem = try await recover(.look(WireEmpty())).problem
        return problem.isEmpty ? nil : problem
    }

    func begin(manifest: [UInt8]?, notes: [[UInt8]]) async throws {
        var begin = WireBeginRecovery()
        begin.manifest = Data(manifest ?? [])
        begin.notes = notes.map { Data($0) }
        _ = try await recover(.begin(begin))
    }

    func resume(
        at end: AnchoredEnd, manifest: [UInt8]?, notes: [[UInt8]], keys: AnnouncedKeys,
        reason: String
    ) async throws -> String? {
        var resume = WireResumeGeneration()
        resume.known.manifest = Data(manifest ?? [])
        resume.known.notes = notes.map { Data($0) }
        resume.anchor = end.anchor
        resume.subtrees = end.subtrees.map(\.data)
        resume.leaf = end.leaf.data
        resume.consistency = end.consistency.map(\.data)
        resume.activated = keys.activated.sorted()
        resume.retired = keys.retired.sorted()
        resume.reason = reason
        let refusal = try await recover(.resume(resume)).problem
        return refusal.isEmpty ? nil : refusal
    }

    func end(
        note: [UInt8]?, known: [UInt8]?, keys: AnnouncedKeys, reason: String
    ) async throws -> UInt64 {
        var end = WireEndGeneration()
        end.note = Data(note ?? [])
        end.known = Data(known ?? [])
        end.reason = reason
        end.activated = keys.activated.sorted()
        end.retired = keys.retired.sorted()
        return try await recover(.end(end)).generation
    }

    private func recover(
        _ step: WireRecoverRequest.OneOf_Step
    ) async throws -> WireRecoverResponse {
        var request = WireRecoverRequest()
        request.step = step
        return try await ask(.recover(request)) { result -> WireRecoverResponse? in
            if case .recover(let response) = result { response } else { nil }
        }
    }
}
