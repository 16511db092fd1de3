import ContactModel
import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary
import Projections

/// The operations, each one translation, one call of the store, one translation back.
extension Ledger {
    func answer(
        _ request: WireAppendRequest, by actor: LedgerActor
    ) async throws(WireFault) -> WireAppendResponse {
        let append = try AppendRequest(request, actor: actor)
        do throws(LedgerStoreError) {
            return WireAppendResponse(try await self.append(append))
        } catch {
            throw WireFault(error)
        }
    }

    func answer(
        _ request: WirePrepareRequest, for clearance: Clearance
    ) async throws(WireFault) -> WirePrepareResponse {
        guard request.items.count <= configuration.limits.appendMutations else {
            throw WireFault(
                .invalid, "Prepare takes at most \(configuration.limits.appendMutations) items.")
        }
        var items: [PrepareItem] = []
        items.reserveCapacity(request.items.count)
        for item in request.items { items.append(try PrepareItem(item)) }
        var response = WirePrepareResponse()
        do throws(LedgerStoreError) {
            response.items = try await prepare(items, for: clearance).map(WirePreparedItem.init)
        } catch {
            throw WireFault(error)
        }
        return response
    }

    func answer(
        _ request: WireSealRequest, by actor: LedgerActor
    ) async throws(WireFault) -> WireSealResponse {
        do throws(LedgerStoreError) {
            let result = try await seal(actor: actor, requestID: request.requestID)
            var response = WireSealResponse()
            response.segment = result.segment
            response.firstIndex = result.firstIndex
            response.count = result.count
            response.manifestHash = result.manifestHash.hex
            return response
        } catch {
            throw WireFault(error)
        }
    }

    func answer(
        _ request: WireEraseRequest, by actor: LedgerActor, _ keeper: KeeperPort
    ) async throws(WireFault) -> WireEraseResponse {
        let id = try ContactID(wire: request.contactID)
        do throws(LedgerStoreError) {
            let result = try await erase(
                contact: id, actor: actor, requestID: request.requestID,
                expectedVersion: request.hasExpectedVersion ? request.expectedVersion : nil
            ) { contact throws(LedgerStoreError) in
                try await keeper.authorizeErasure(contact, for: request)
            }
            var response = WireEraseResponse()
            response.ordered = result.ordered
            response.id = Data(result.id.bytes)
            if let completion = result.completion {
                response.erased = completion.index
                response.epochBefore = completion.epochs.before
                response.epochAfter = completion.epochs.after
            }
            return response
        } catch {
            throw WireFault(error)
        }
    }

    func answer(
        _ request: WireClockCorrectionRequest, by actor: LedgerActor
    ) async throws(WireFault) -> WireAppendResponse {
        do throws(LedgerStoreError) {
            return WireAppendResponse(
                try await correctClock(actor: actor, requestID: request.requestID))
        } catch {
            throw WireFault(error)
        }
    }

    /// The gateway folds by reason, of which it has fewer than these.
    func answer(_ request: WireRefusalsRequest) async throws(WireFault) -> WireAppendResponse {
        guard (1...32).contains(request.items.count) else {
            throw WireFault(.invalid, "Refused: 1 to 32 reasons at a time.")
        }
        do throws(LedgerStoreError) {
            var refusals: [Refusals] = []
            for item in request.items {
                refusals.append(
                    try Refusals(reason: item.reason, count: Int(clamping: item.count)))
            }
            return WireAppendResponse(
                try await record(refusals, requestID: RequestID.random().text))
        } catch {
            throw WireFault(error)
        }
    }

    func signedReceipt(
        _ request: WireReceiptRequest
    ) async throws(WireFault) -> WireReceiptResponse {
        do throws(LedgerStoreError) {
            let proof = try receipt(index: request.index, of: request.wanted)
            var response = WireReceiptResponse()
            response.tlogProof = Data(proof)
            response.jws = try await signature(of: proof)
            return response
        } catch {
            throw WireFault(error)
        }
    }

    /// What reads the disk and waits for nobody.
    ///
    /// - Parameter clearance: the caller's; nil for what is public.
    func read(
        _ operation: WireLedgerRequest.OneOf_Operation, for clearance: Clearance?
    ) throws(WireFault) -> WireLedgerResponse.OneOf_Result {
        do {
            switch operation {
            case .readContact(let request): return .contact(try answer(request, for: clearance))
            case .readEntry(let request): return .entry(try answer(request, for: clearance))
            case .readAudit(let request): return .auditPage(try answer(request, for: clearance))
            case .searchContacts(let request):
                return .found(try answer(request, for: clearance))
            case .readHistory(let request):
                return .history(
                    try answer(request, request.valuesOnly ? .values : .everything, for: clearance))
            case .receipt(let request):
                var response = WireReceiptResponse()
                response.tlogProof = Data(try receipt(index: request.index, of: request.wanted))
                return .receipt(response)
            case .inclusion(let request): return .proof(try answer(request))
            case .consistency(let request): return .proof(try answer(request))
            case .bundle(let request):
                return .blob(
                    WireBlobResponse(
                        Data(
                            try bundle(
                                number: request.number, width: Int(request.width),
                                of: request.wanted))))
            case .tile(let request):
                return .blob(
                    WireBlobResponse(
                        try tile(
                            level: Int(request.level), number: request.number,
                            width: Int(request.width), of: request.wanted)))
            case .publishedCheckpoint(let request):
                guard let note = try publishedCheckpoint(of: request.wanted) else {
                    throw WireFault(
                        .unavailable, "No checkpoint has been published yet.",
                        retryAfterMilliseconds: 1_000)
                }
                return .blob(WireBlobResponse(note))
            case .policyInForce(let request): return .policy(try policiesInForce(request))
            case .readPolicy(let request):
                return .policy(try policies(request, for: clearance))
            case .readSharing(let request):
                return .sharingPage(try answer(request, for: clearance))
            case .readSource(let request): return .sourcePage(try answer(request, for: clearance))
            case .readProvenance(let request):
                return .history(try answer(request, .provenance, for: clearance))
            case .proveSubject(let request): return .subject(try answer(request, for: clearance))
            case .readRequest(let request):
                return .request(try answer(request, for: clearance))
            case .listRequests(let request):
                return .requests(try answer(request, for: clearance))
            case .readEnrichment(let request):
                return .enrichment(try answer(request, for: clearance))
            case .listEnrichments(let request):
                return .enrichments(try answer(request, for: clearance))
            case .enrichmentWork(let request): return .work(try answer(request))
            case .readNotices(let request):
                return .notices(try answer(request, for: clearance))
            case .append, .prepare, .seal, .correctClock, .erase, .rotateKey, .listKeys,
                .recordRefusals, .setPolicy, .noteDelivery, .certifyErasure, .health:
                throw LedgerService.unknown
            }
        } catch let fault as WireFault {
            throw fault
        } catch let error as LedgerStoreError {
            throw WireFault(error)
        } catch {
            throw WireFault(.internal, "The request failed: \(error)")
        }
    }

    /// What the caller is not cleared for is not there.
    private func answer(
        _ request: WireReadContactRequest, for clearance: Clearance?
    ) throws -> WireContactRow {
        let record: ContactRecord?
        switch request.key {
        case .contactID(let bytes): record = try contact(id: try ContactID(wire: bytes))
        case .unique(let unique): record = try contact(unique: try UniqueValue(unique))
        case nil: throw WireFault(.invalid, "The request names no contact.")
        }
        guard let record, let clearance, record.isThere(for: clearance) else {
            throw WireFault(.notFound, "There is no such contact.")
        }
        var row = WireContactRow(record)
        row.holds = try holds(of: record.head.subject)
        return row
    }

    /// Headers are told to every verifier in bundles; a payload is of its label.
    private func answer(
        _ request: WireReadEntryRequest, for clearance: Clearance?
    ) throws -> WireEntryResponse {
        let entry = try entry(at: request.index, of: request.wanted)
        guard let clearance,
            let label = try? SecurityLabel(EntryHeader(canonical: entry.header).label),
            clearance.canRead(label)
        else {
            throw WireFault(.notFound, "There is no such entry.")
        }
        var response = WireEntryResponse()
        response.header = entry.header
        response.payload = entry.payload
        response.leafHash = MerkleTree.leafHash(entry.header).data
        return response
    }

    private func answer(_ request: WireInclusionRequest) throws -> WireProofResponse {
        let size = request.size == 0 ? try tree(request.wanted).size : request.size
        let answer = try inclusion(index: request.index, size: size, of: request.wanted)
        var response = WireProofResponse()
        response.size = size
        response.hashes = answer.hashes.map(\.data)
        response.leafHash = answer.leafHash.data
        response.root = answer.root.data
        return response
    }

    private func answer(_ request: WireConsistencyRequest) throws -> WireProofResponse {
        let answer = try consistency(from: request.from, to: request.to, of: request.wanted)
        var response = WireProofResponse()
        response.hashes = answer.hashes.map(\.data)
        response.root = answer.toRoot.data
        response.fromRoot = answer.fromRoot.data
        return response
    }
}
