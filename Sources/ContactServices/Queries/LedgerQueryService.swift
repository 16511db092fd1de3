public import Foundation
import ContactModel
import LedgerFormat
import ProcessBoundary

/// What auditors fetch: entries, receipts, proofs, bundles; and the public checkpoint and tiles.
///
/// Everything with a credential is audited before it is disclosed.
public struct LedgerQueryService: Sendable {
    private let ledger: any LedgerPort
    private let auditor: Auditor

    public init(ledger: any LedgerPort) {
        self.ledger = ledger
        auditor = Auditor(ledger: ledger)
    }

    /// - Throws: `not-found` beyond the end.
    public func entry(
        _ query: Validated<EntryQuery>
    ) async throws(ServiceError) -> LedgerEntryView {
        var request = WireReadEntryRequest()
        request.credential = query.authorized.request.credential
        request.index = query.command.index
        request.generation = query.command.generation ?? 0
        let entry = try await ledger.ask(.readEntry(request)) { result -> WireEntryResponse? in
            if case .entry(let response) = result { response } else { nil }
        }
        try await auditor.disclosure(query.authorized)
        return LedgerEntryView(
            index: request.index, header: entry.header, payload: entry.payload,
            leafHash: LowerHex.encode(entry.leafHash))
    }

    /// The bytes of a C2SP tlog-proof whose extra line is the entry's header.
    public func receipt(_ query: Validated<EntryQuery>) async throws(ServiceError) -> ReceiptView {
        var request = WireReceiptRequest()
        request.credential = query.authorized.request.credential
        request.index = query.command.index
        request.generation = query.command.generation ?? 0
        request.signed = query.command.isSigned
        let receipt = try await ledger.ask(.receipt(request)) { result -> WireReceiptResponse? in
            if case .receipt(let response) = result { response } else { nil }
        }
        try await auditor.disclosure(query.authorized)
        return ReceiptView(
            proof: receipt.tlogProof, signature: query.command.isSigned ? receipt.jws : nil)
    }

    /// - Parameter query: without a size, the size of the newest signed checkpoint.
    public func inclusion(
        _ query: Validated<InclusionQuery>
    ) async throws(ServiceError) -> InclusionView {
        var request = WireInclusionRequest()
        request.credential = query.authorized.request.credential
        request.index = query.command.index
        request.size = query.command.size ?? 0
        request.generation = query.command.generation ?? 0
        let proof = try await ledger.ask(.inclusion(request)) { result -> WireProofResponse? in
            if case .proof(let response) = result { response } else { nil }
        }
        try await auditor.disclosure(query.authorized)
        return InclusionView(
            index: request.index, size: proof.size,
            leafHash: LowerHex.encode(proof.leafHash), root: LowerHex.encode(proof.root),
            hashes: proof.hashes)
    }

    public func consistency(
        _ query: Validated<ConsistencyQuery>
    ) async throws(ServiceError) -> ConsistencyView {
        var request = WireConsistencyRequest()
        request.credential = query.authorized.request.credential
        request.from = query.command.from
        request.to = query.command.to
        request.generation = query.command.generation ?? 0
        let proof = try await ledger.ask(.consistency(request)) { result -> WireProofResponse? in
            if case .proof(let response) = result { response } else { nil }
        }
        try await auditor.disclosure(query.authorized)
        return ConsistencyView(
            from: request.from, to: request.to, fromRoot: LowerHex.encode(proof.fromRoot),
            toRoot: LowerHex.encode(proof.root), hashes: proof.hashes)
    }

    /// A bundle of entry headers, as C2SP tlog-tiles has it.
    public func bundle(_ query: Validated<TileQuery>) async throws(ServiceError) -> Data {
        var request = WireBundleRequest()
        request.credential = query.authorized.request.credential
        request.number = query.command.number
        request.width = query.command.width
        request.generation = query.command.generation ?? 0
        let bytes = try await ledger.ask(.bundle(request), Self.blob)
        try await auditor.disclosure(query.authorized)
        return bytes
    }

    /// A hash tile: public.
    public func tile(_ query: TileQuery) async throws(ServiceError) -> Data {
        var request = WireTileRequest()
        request.level = query.level
        request.number = query.number
        request.width = query.width
        request.generation = query.generation ?? 0
        return try await ledger.ask(.tile(request), Self.blob)
    }

    /// The newest published checkpoint, a signed note: public.
    ///
    /// - Parameter generation: nil for the current one; of one that ended, its last.
    public func checkpoint(_ generation: UInt64? = nil) async throws(ServiceError) -> Data {
        var request = WireCheckpointRequest()
        request.generation = generation ?? 0
        return try await ledger.ask(.publishedCheckpoint(request), Self.blob)
    }

    /// Seals the active segment. The ledger audits this operation itself, in the append that records the seal.
    ///
    /// - Throws: `nothing-to-seal`.
    public func seal(_ request: Authorized) async throws(ServiceError) -> SealView {
        var seal = WireSealRequest()
        seal.credential = request.request.credential
        seal.requestID = request.request.requestID.text
        seal.context = request.auditContext
        let response: WireSealResponse
        do throws(ServiceError) {
            response = try await ledger.ask(timeout: ServiceLimits.sealTimeout, .seal(seal)) {
                result -> WireSealResponse? in
                if case .seal(let response) = result { response } else { nil }
            }
        } catch {
            guard error.code == .conflict else { throw error }
            throw ServiceError(
                .nothingToSeal,
                "Nothing has been recorded since the last seal; there is nothing to do.")
        }
        return SealView(
            segment: response.segment, firstIndex: response.firstIndex, count: response.count,
            manifestHash: response.manifestHash)
    }

    /// Records that the clock is right although the last entry is later. The ledger audits this itself, as it does a seal.
    public func correctClock(
        _ request: Authorized
    ) async throws(ServiceError) -> ClockCorrectionView {
        var correction = WireClockCorrectionRequest()
        correction.credential = request.request.credential
        correction.requestID = request.request.requestID.text
        correction.context = request.auditContext
        let response = try await ledger.ask(.correctClock(correction)) {
            result -> WireAppendResponse? in
            if case .append(let response) = result { response } else { nil }
        }
        return ClockCorrectionView(
            auditIndex: response.auditIndex, treeSize: response.treeSize)
    }

    private static func blob(_ result: WireLedgerResponse.OneOf_Result) -> Data? {
        if case .blob(let blob) = result { blob.bytes } else { nil }
    }
}
