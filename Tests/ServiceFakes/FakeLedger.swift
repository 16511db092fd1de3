public import ContactServices
public import Foundation
public import ProcessBoundary
import Synchronization
import TestSupport

/// A ledger in memory: decides as the real one does, and keeps what it was asked.
public final class FakeLedger: LedgerPort {
    private let state = Mutex(FakeLedgerState())
    private let delays = Mutex<SeededGenerator?>(nil)
    private let beforeAppend = Mutex<(@Sendable () async -> Void)?>(nil)

    public init() {}

    /// But for the gateway's looks at the policies in force.
    public var calls: [WireLedgerRequest.OneOf_Operation] { state.withLock { $0.calls } }
    public var appends: [WireAppendRequest] { state.withLock { $0.appends } }
    /// Authentication failures that it was told of.
    public var refusals: [WireRefusals] { state.withLock { $0.refusals } }
    /// Largest number of appends that were under way at once.
    public var mostAppendsInFlight: Int { state.withLock { $0.mostAppendsInFlight } }

    /// From now on calls of this kind end so; nil: they work again.
    public func fail(_ name: String, _ error: PortError?) {
        state.withLock { $0.failures[name] = error }
    }

    public func fault(
        _ name: String, _ code: WireFault.Code?, times: Int = .max, mayHaveRun: Bool = false
    ) {
        state.withLock { state in
            state.faults[name] = code.map { code in
                var fault = WireFault()
                fault.code = code
                fault.mayHaveRun = mayHaveRun
                return (fault, times)
            }
        }
    }

    /// In force from now on, as if another gateway had set them.
    public func set(policies: String) {
        state.withLock { _ = $0.set(policies: Data(policies.utf8)) }
    }

    /// Orders to erase wait for the keeper from now on.
    public func delayErasures() { state.withLock { $0.cannotErase = true } }

    /// What health says from now on, beside not being ready.
    public func ail(_ problem: String) { state.withLock { $0.problem = problem } }

    /// What it has to show of the audit trail.
    public func show(_ page: WireAuditPage) { state.withLock { $0.auditPage = page } }

    /// The newest statement of each contact's purposes is withdrawn.
    public func withdrawConsents() { state.withLock { $0.withdrawConsents() } }

    /// The contact's row is another from now on, as if somebody had changed it.
    public func change(_ contactID: [UInt8], _ body: (inout WireContactRow) -> Void) {
        state.withLock { state in
            guard var row = state.rows[Data(contactID)] else { return }
            body(&row)
            state.rows[Data(contactID)] = row
        }
    }

    /// Enrichments that are asked for from now on were so long ago.
    public func beginEnrichments(secondsAgo seconds: Int64) {
        state.withLock { $0.enrichmentsBeganEarlier = seconds * 1_000_000 }
    }

    /// What it has to show of a data subject's request, and of the queue.
    public func show(_ request: WireDSRResponse?, _ page: WireDSRPage = WireDSRPage()) {
        state.withLock { state in
            state.request = request
            state.requestPage = page
        }
    }

    /// Who is to be told, and the certificate of an erasure.
    public func showErasure(_ notices: WireNoticeList?, certificate: Data? = nil) {
        state.withLock { state in
            state.notices = notices
            state.certificate = certificate
        }
    }

    /// The contact's id is known no more, as after an erasure; what was replied stays known.
    public func forget(_ contactID: [UInt8]) { state.withLock { $0.forget(Data(contactID)) } }

    /// From now on appends that are under way at once overtake each other.
    public func reorderAppends(seed: UInt64) {
        delays.withLock { $0 = SeededGenerator(seed: seed) }
    }

    /// Runs before every append is decided.
    public func onAppend(_ body: (@Sendable () async -> Void)?) {
        beforeAppend.withLock { $0 = body }
    }

    public func call(
        _ request: WireLedgerRequest, timeout: Duration
    ) async throws(PortError) -> WireLedgerResponse {
        guard let operation = request.operation else { throw .malformed }
        let name = Self.name(operation)
        let fault = try start(operation, name)
        if let fault {
            var response = WireLedgerResponse()
            response.fault = fault
            return response
        }
        if case .append = operation {
            if let hook = beforeAppend.withLock({ $0 }) { await hook() }
            let yields = delays.withLock { $0?.next() }.map { $0 % 400 } ?? 0
            for _ in 0..<yields { await Task.yield() }
        }
        return state.withLock { $0.answer(operation) }
    }

    private func start(
        _ operation: WireLedgerRequest.OneOf_Operation, _ name: String
    ) throws(PortError) -> WireFault? {
        let (failure, fault) = state.withLock { state -> (PortError?, WireFault?) in
            if name != "policyInForce" { state.calls.append(operation) }
            if let failure = state.failures[name] { return (failure, nil) }
            guard let (fault, times) = state.faults[name], times > 0 else {
                if name == "append" { state.appendStarted() }
                return (nil, nil)
            }
            state.faults[name] = (fault, times - 1)
            return (nil, fault)
        }
        if let failure { throw failure }
        return fault
    }

    public static func name(_ operation: WireLedgerRequest.OneOf_Operation) -> String {
        switch operation {
        case .prepare: "prepare"
        case .append: "append"
        case .readContact: "readContact"
        case .readEntry: "readEntry"
        case .receipt: "receipt"
        case .inclusion: "inclusion"
        case .consistency: "consistency"
        case .bundle: "bundle"
        case .seal: "seal"
        case .correctClock: "correctClock"
        case .erase: "erase"
        case .rotateKey: "rotateKey"
        case .listKeys: "listKeys"
        case .tile: "tile"
        case .publishedCheckpoint: "checkpoint"
        case .recordRefusals: "recordRefusals"
        case .readAudit: "readAudit"
        case .health: "health"
        case .setPolicy: "setPolicy"
        case .policyInForce: "policyInForce"
        case .readPolicy: "readPolicy"
        case .readHistory: "readHistory"
        case .searchContacts: "searchContacts"
        case .readSharing: "readSharing"
        case .readSource: "readSource"
        case .readProvenance: "readProvenance"
        case .proveSubject: "proveSubject"
        case .readRequest: "readRequest"
        case .listRequests: "listRequests"
        case .readEnrichment: "readEnrichment"
        case .listEnrichments: "listEnrichments"
        case .enrichmentWork: "enrichmentWork"
        case .readNotices: "readNotices"
        case .noteDelivery: "noteDelivery"
        case .certifyErasure: "certifyErasure"
        }
    }
}
