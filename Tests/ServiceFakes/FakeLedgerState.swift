import ContactModel
import ContactServices
import Crypto
import Foundation
import LedgerFormat
import ProcessBoundary

struct FakeLedgerState {
    var cannotErase = false
    var refusals: [WireRefusals] = []
    var calls: [WireLedgerRequest.OneOf_Operation] = []
    var appends: [WireAppendRequest] = []
    var failures: [String: PortError] = [:]
    var faults: [String: (WireFault, Int)] = [:]
    var problem: String?
    var auditPage = WireAuditPage()
    var request: WireDSRResponse?
    var requestPage = WireDSRPage()
    var notices: WireNoticeList?
    var certificate: Data?
    /// Contacts that a hold keeps, by id.
    private var held: [Data: [WireHoldRow]] = [:]
    /// In the order of their versions.
    private var policies: [WirePolicyResponse] = []
    var mostAppendsInFlight = 0
    private var appendsInFlight = 0
    private var unique: [Data: Data] = [:]
    private var replies: [Data: (request: Data, receipt: WireMutationReceipt)] = [:]
    var rows: [Data: WireContactRow] = [:]
    private(set) var entries: [Data: [WireHistoryRow]] = [:]
    /// In the order of the ledger.
    private(set) var sharings: [WireSharingRow] = []
    /// In the order of the ledger.
    var enrichments: [FakeEnrichment] = []
    /// Microseconds.
    var enrichmentsBeganEarlier: Int64 = 0
    private var names: [Data: Set<Data>] = [:]
    private(set) var size: UInt64 = 2

    mutating func appendStarted() {
        appendsInFlight += 1
        mostAppendsInFlight = max(mostAppendsInFlight, appendsInFlight)
    }

    mutating func answer(_ operation: WireLedgerRequest.OneOf_Operation) -> WireLedgerResponse {
        var response = WireLedgerResponse()
        switch operation {
        case .prepare(let request): response.prepare.items = request.items.map(prepare)
        case .append(let request): response.append = append(request)
        case .readContact(let request):
            let id: Data? =
                if case .contactID(let id) = request.key { id } else {
                    unique[request.unique.value]
                }
            if let id, let row = rows[id] {
                response.contact = row
                response.contact.holds = held[id] ?? []
            } else {
                response.fault.code = .notFound
            }
        case .searchContacts(let request): response.found = found(request)
        case .readHistory(let request), .readProvenance(let request): history(request, &response)
        case .readSource(let request): response.sourcePage = page(request)
        case .proveSubject(let request):
            if let page = page(request) {
                response.subject = page
            } else {
                response.fault.code = .notFound
            }
        case .readEntry(let request):
            if request.index < size {
                response.entry.header = Data(#"{"index":\#(request.index)}"#.utf8)
                response.entry.payload = Data("{}".utf8)
                response.entry.leafHash = Data(repeating: 0xAB, count: 32)
            } else {
                response.fault.code = .notFound
            }
        case .receipt(let request):
            response.receipt.tlogProof = Data("receipt \(request.index)".utf8)
            if request.signed { response.receipt.jws = "header..\(request.index)" }
        case .inclusion, .consistency:
            if case .inclusion(let request) = operation {
                response.proof.size = request.size == 0 ? size : request.size
            }
            response.proof.hashes = [Data(repeating: 1, count: 32)]
            response.proof.leafHash = Data(repeating: 2, count: 32)
            response.proof.root = Data(repeating: 3, count: 32)
            response.proof.fromRoot = Data(repeating: 4, count: 32)
        case .bundle: response.blob.bytes = Data("bundle".utf8)
        case .tile: response.blob.bytes = Data("tile".utf8)
        case .publishedCheckpoint: response.blob.bytes = Data("checkpoint\n".utf8)
        case .seal:
            response.seal.segment = 1
            response.seal.count = size
            response.seal.manifestHash = String(repeating: "ab", count: 32)
        case .listKeys, .rotateKey:
            response.keys.keys = [
                .with { entry in
                    entry.key.use = "checkpoint"
                    entry.key.keyID = "0badcafe"
                    entry.key.untilSize = 7
                    entry.activated = 1
                }
            ]
            response.keys.dayKeys.active = "DEK-20261127"
            response.keys.dayKeys.count = 1
        case .erase(let request):
            guard let row = rows[request.contactID] else {
                response.fault.code = .notFound
                break
            }
            guard !request.hasExpectedVersion || request.expectedVersion == row.head.version else {
                response.fault.code = .stale
                break
            }
            guard held[request.contactID]?.contains(where: { $0.releasedAt.isEmpty }) != true
            else {
                response.fault.code = .legalHold
                break
            }
            forget(request.contactID)
            size += 2
            response.erase.id = Data(repeating: 0xE5, count: 16)
            response.erase.ordered = size - 2
            guard !cannotErase else { break }
            size += 1
            response.erase.erased = size - 1
            response.erase.epochBefore = 4
            response.erase.epochAfter = 5
        case .recordRefusals(let request):
            refusals += request.items
            response.append.auditIndex = size
        case .readAudit: response.auditPage = auditPage
        case .correctClock:
            size += 2
            response.append.auditIndex = size - 1
            response.append.treeSize = size
        case .setPolicy(let request):
            guard !request.hasExpected || request.expected == policies.last?.version ?? 0 else {
                response.fault.code = .conflict
                break
            }
            let set = set(policies: request.text)
            response.policySet.version = set.version
            response.policySet.generation = set.generation
            response.policySet.index = set.index
            response.policySet.textHash = set.textHash
        case .policyInForce(let request):
            let now = policies.last ?? WirePolicyResponse()
            if request.hasKnownVersion, request.knownVersion == now.version,
                request.knownHash == now.textHash
            {
                response.policy.unchanged = true
            } else {
                response.policy = now
            }
        case .readPolicy(let request):
            guard !request.hasIndex || request.index < size else {
                response.fault.code = .notFound
                break
            }
            let last = policies.last { !request.hasIndex || $0.index <= request.index }
            response.policy = last ?? WirePolicyResponse()
        case .readSharing(let request):
            if let page = page(request) {
                response.sharingPage = page
            } else {
                response.fault.code = .notFound
            }
        case .readRequest:
            if let request { response.request = request } else { response.fault.code = .notFound }
        case .listRequests: response.requests = requestPage
        case .readEnrichment(let request):
            if let found = self.response(request) {
                response.enrichment = found
            } else {
                response.fault.code = .notFound
            }
        case .listEnrichments(let request): response.enrichments = page(request)
        case .enrichmentWork(let request):
            if let work = work(request) {
                response.work = work
            } else {
                response.fault.code = .notFound
            }
        case .readNotices:
            if let notices { response.notices = notices } else { response.fault.code = .notFound }
        case .noteDelivery(let request): note(request, &response)
        case .certifyErasure:
            if let certificate {
                response.certificate.bytes = certificate
            } else {
                response.fault.code = .conflict
            }
        case .health:
            response.health.ready = problem == nil
            response.health.problem = problem ?? ""
            response.health.signedSize = size
            response.health.treeSize = size
            response.health.keeperReachable = true
        }
        return response
    }

    private mutating func note(
        _ request: WireNoteDeliveryRequest, _ response: inout WireLedgerResponse
    ) {
        guard let place = notices?.rows.firstIndex(where: { $0.recipient == request.recipient })
        else {
            response.fault.code = .notFound
            return
        }
        guard notices?.rows[place].hasNotified == false else {
            response.fault.code = .conflict
            return
        }
        notices?.rows[place].notified.index = size
        notices?.rows[place].notifiedAt = request.notifiedAt
        notices?.rows[place].channel = request.channel
        size += 2
        response.notices = notices ?? WireNoticeList()
    }

    mutating func set(policies text: Data) -> WirePolicyResponse {
        let set = WirePolicyResponse.with {
            $0.version = size
            $0.generation = 1
            $0.index = size
            $0.text = text
            $0.textHash = Data(SHA256.hash(data: text))
            $0.actor = "subject-administrator"
            $0.time = "2026-11-23T09:30:00.000000Z"
        }
        policies.append(set)
        size += 2
        return set
    }

    private func replay(_ tags: WireIdempotencyTags) -> Result<WireMutationReceipt, MismatchError>?
    {
        for tag in tags.days {
            guard let known = replies[tag.key] else { continue }
            return known.request == tag.request
                ? .success(known.receipt) : .failure(MismatchError())
        }
        return nil
    }

    struct MismatchError: Error {}

    mutating func withdrawConsents() {
        for (id, row) in rows {
            for index in row.consents.indices {
                rows[id]?.consents[index].revokedAt = "2026-11-23T09:31:00.000000Z"
            }
        }
    }

    mutating func forget(_ id: Data) {
        rows[id] = nil
        sharings.removeAll { $0.contact.contactID == id }
        enrichments.removeAll { $0.contact.contactID == id }
        entries[id] = nil
        names[id] = nil
        for (key, reply) in replies where reply.receipt.contactID == id {
            replies[key]?.receipt.contactID = Data()
        }
    }

    private func prepare(_ item: WirePrepareItem) -> WirePreparedItem {
        var prepared = WirePreparedItem()
        switch replay(item.idempotency) {
        case .success(var receipt):
            receipt.replayed = true
            prepared.replay = receipt
            return prepared
        case .failure:
            prepared.fault.code = .idempotencyMismatch
            return prepared
        case nil: break
        }
        let isTaken = item.unique.contains { value in
            unique[value.value].map { $0 != item.contactID } ?? false
        }
        if isTaken {
            prepared.fault.code = .conflict
        } else if item.contactID.isEmpty {
            prepared.clear = WireEmpty()
        } else if let row = rows[item.contactID] {
            prepared.contact = row.head
        } else {
            prepared.fault.code = .notFound
        }
        return prepared
    }

    private mutating func append(_ request: WireAppendRequest) -> WireAppendResponse {
        appendsInFlight -= 1
        appends.append(request)
        var response = WireAppendResponse()
        for mutation in request.mutations { response.results.append(decide(mutation)) }
        response.auditIndex = size
        size += 1
        response.treeSize = size
        return response
    }

    private mutating func decide(_ mutation: WireMutation) -> WireMutationResult {
        var result = WireMutationResult()
        if case .success(var receipt) = replay(mutation.idempotency) {
            receipt.replayed = true
            result.receipt = receipt
            return result
        }
        let isTaken = mutation.unique.contains { value in
            unique[value.value].map { $0 != mutation.contactID } ?? false
        }
        if isTaken {
            result.fault.code = .conflict
            return result
        }
        let known = rows.first { $0.value.head.subject == mutation.subject }?.key
        guard mutation.createsSubject || known != nil else {
            result.fault.code = .notFound
            return result
        }
        if mutation.hasExpectedVersion,
            known.flatMap({ rows[$0] })?.head.version != mutation.expectedVersion
        {
            result.fault.code = .stale
            return result
        }
        let revoked = mutation.entries.first.flatMap {
            try? EventCoding.decode(ConsentRevoked.self, from: $0.payload)
        }
        if let revoked,
            known.flatMap({ rows[$0] })?.consents.contains(where: {
                $0.id == revoked.consentId && $0.revokedAt.isEmpty
            }) != true
        {
            result.fault.code = .notFound
            return result
        }
        let released = mutation.entries.first { $0.type == LegalHoldReleased.type }
            .flatMap { try? EventCoding.decode(LegalHoldReleased.self, from: $0.payload) }
            .flatMap { try? EntityID($0.holdId) }
        if let released,
            known.flatMap({ held[$0] })?.contains(where: {
                $0.id == Data(released.bytes) && $0.releasedAt.isEmpty
            }) != true
        {
            result.fault.code = .notFound
            return result
        }
        let id = known ?? mutation.contactID
        let head =
            rows[id]?.head
            ?? .with {
                $0.subject = mutation.subject
                $0.contactID = id
            }
        if let code = takeEnrichment(mutation, head) {
            result.fault.code = code
            return result
        }
        result.receipt.subject = mutation.subject
        result.receipt.contactID = id
        result.receipt.index = size
        result.receipt.count = UInt32(mutation.entries.count)
        result.receipt.leafHash = Data(repeating: UInt8(truncatingIfNeeded: size), count: 32)
        result.receipt.time = "2026-11-23T09:30:00.000000Z"
        result.receipt.treeSize = size + UInt64(mutation.entries.count) + 1
        for value in mutation.unique { unique[value.value] = id }
        for tag in mutation.idempotency.days { replies[tag.key] = (tag.request, result.receipt) }
        if !mutation.contactID.isEmpty { names[id] = Self.words(mutation.nameWords) }
        project(mutation, id)
        noteSteps(mutation, id)
        size += UInt64(mutation.entries.count)
        return result
    }

    private mutating func project(_ mutation: WireMutation, _ id: Data) {
        var row = rows[id] ?? WireContactRow()
        row.head.subject = mutation.subject
        row.head.contactID = id
        if row.head.label.isEmpty { row.head.label = "s1/i1" }
        row.head.version = size + UInt64(mutation.entries.count) - 1
        row.createdAt = "2026-11-23T09:30:00.000000Z"
        row.updatedAt = row.createdAt
        for (offset, entry) in mutation.entries.enumerated() {
            note(entry, of: mutation.subject, at: size + UInt64(offset), id)
            if let event = try? EventCoding.decode(ContactCreated.self, from: entry.payload) {
                row.email = Self.bound(event.email, event.entity, "email")
                row.clearFullName()
                if let name = event.fullName {
                    row.fullName = Self.bound(name, event.entity, "fullName")
                }
            } else if let event = try? EventCoding.decode(
                ConsentRevoked.self, from: entry.payload)
            {
                for place in row.consents.indices where row.consents[place].id == event.consentId {
                    row.consents[place].revokedAt = event.revokedAt
                }
            } else if let event = try? EventCoding.decode(ConsentGranted.self, from: entry.payload)
            {
                var consent = WireConsentRow()
                consent.id = event.consentId
                consent.consentType = event.consentType.rawValue
                consent.legalBasis = event.legalBasis.rawValue
                consent.purposeCodes = event.purposeCodes
                consent.grantedAt = event.grantedAt
                consent.noticeRef = event.terms.noticeRef ?? ""
                if let evidence = event.evidenceRef {
                    consent.evidence = Self.bound(evidence, event.consentId, "evidenceRef")
                }
                row.consents.append(consent)
            } else if let event = try? EventCoding.decode(
                AttributeEnriched.self, from: entry.payload)
            {
                var attribute = WireAttributeRow()
                attribute.id = event.attributeId
                attribute.attributeType = event.attributeType
                attribute.value = Self.bound(event.value, event.attributeId, "value")
                attribute.provenanceID = event.provenanceId
                attribute.sourceType = "CRM"
                attribute.confidence = UInt32(event.confidence)
                attribute.validFrom = event.validFrom
                row.attributes.append(attribute)
            } else if let event = try? EventCoding.decode(SharingRecorded.self, from: entry.payload)
            {
                sharings.append(Self.sharing(event, of: row.head, at: size))
            } else if let event = try? EventCoding.decode(SharingRevoked.self, from: entry.payload)
            {
                for index in sharings.indices
                where sharings[index].id == event.sharingId && !sharings[index].hasRevoked {
                    sharings[index].revokedAt = row.updatedAt
                    sharings[index].revoked = .with { entry in
                        entry.generation = 1
                        entry.index = size
                    }
                }
            } else if entry.type == LegalHoldPlaced.type {
                place(entry, id)
            } else if entry.type == LegalHoldReleased.type,
                let event = try? EventCoding.decode(LegalHoldReleased.self, from: entry.payload),
                let hold = try? EntityID(event.holdId),
                let index = held[id]?.firstIndex(where: { $0.id == Data(hold.bytes) })
            {
                held[id]?[index].releasedAt = row.updatedAt
            } else if entry.type == ContactRelabelled.type {
                row.head.label = entry.label
                row.email.label = entry.label
                row.fullName.label = entry.label
                for index in row.attributes.indices {
                    row.attributes[index].value.label = entry.label
                }
            }
        }
        rows[id] = row
    }

    private mutating func place(_ entry: WireEntryDraft, _ id: Data) {
        guard let event = try? EventCoding.decode(LegalHoldPlaced.self, from: entry.payload),
            let hold = try? EntityID(event.holdId)
        else { return }
        held[id, default: []].append(
            .with {
                $0.id = Data(hold.bytes)
                $0.reason = event.reason.rawValue
                $0.placedAt = "2026-11-23T09:30:00.000000Z"
                $0.until = event.until ?? ""
                $0.index = size
            })
    }

    private mutating func note(
        _ entry: WireEntryDraft, of subject: Data, at position: UInt64, _ id: Data
    ) {
        let before = entries[id, default: []].last { $0.isOf(entry.stream) }
            .flatMap { try? EntryHeader(canonical: $0.header) }
        guard let stream = EntryStream(rawValue: entry.stream),
            let time = LedgerTime("2026-11-23T09:30:00.000000Z"),
            let header = try? EntryHeader(
                generation: 1, index: position, time: time,
                id: UUIDv7.make(time: time, words: (position, position)), stream: stream,
                type: entry.type, actor: "subject-enrichment-platform", label: entry.label,
                subject: SubjectTag(subject), subjectVersion: (before?.subjectVersion ?? 0) + 1,
                subjectPrevious: before?.index,
                previous: Digest32(Data(repeating: 1, count: 32)),
                payloadHash: PayloadCommitment.hash(entry.payload))
        else { return }
        var row = WireHistoryRow()
        row.generation = 1
        row.header = Data(header.canonicalBytes())
        row.payload = entry.payload
        row.position = position
        entries[id, default: []].append(row)
    }

    /// Pages of entries; of what newer ones supersede it knows nothing.
    private func history(_ request: WireHistoryRequest, _ response: inout WireLedgerResponse) {
        guard let row = rows[request.contactID], let all = entries[request.contactID] else {
            response.fault.code = .notFound
            return
        }
        let from = request.hasAt ? request.at.index : request.from
        var end = UInt64.max
        if case .entry(let place)? = request.until.moment { end = place.index }
        guard end == .max || end < size else {
            response.fault.code = .notFound
            return
        }
        let wanted = all.filter { $0.position >= from && $0.position <= end }
        response.history.head = row.head
        response.history.rows = Array(wanted.prefix(Int(request.limit)))
        if wanted.count > Int(request.limit), let last = response.history.rows.last {
            response.history.next = last.position + 1
        }
    }

    private static func words(_ bytes: Data) -> Set<Data> {
        let bytes = Array(bytes)
        return Set(stride(from: 0, to: bytes.count, by: 2).map { Data(bytes[$0..<$0 + 2]) })
    }

    /// By words alone, the newest first.
    private func found(_ request: WireSearchRequest) -> WireSearchPage {
        let wanted = Self.words(request.nameWords)
        let all = entries.compactMap { id, entries -> (UInt64, WireContactRow)? in
            guard let created = entries.first?.position, let row = rows[id],
                wanted.isSubset(of: names[id] ?? [])
            else { return nil }
            return (created, row)
        }.sorted { $0.0 > $1.0 }.filter { request.below == 0 || $0.0 < request.below }
        var page = WireSearchPage()
        let limit = Int(request.limit)
        page.rows = all.prefix(limit).map(\.1)
        if all.count > limit { page.next = all[limit - 1].0 }
        return page
    }

    static func bound(
        _ value: EncryptedValue, _ entity: String, _ field: String
    ) -> WireBoundValue {
        var bound = WireBoundValue()
        bound.value.ciphertext = value.ciphertext
        bound.value.authTag = value.authTag
        bound.value.iv = value.iv
        bound.value.keyID = value.keyId
        bound.value.algorithm = value.algorithm
        bound.entity = entity
        bound.field = field
        bound.label = "s1/i1"
        return bound
    }
}
