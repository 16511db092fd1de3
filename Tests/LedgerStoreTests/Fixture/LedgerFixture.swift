import ContactModel
import Foundation
import LedgerFormat
import LedgerVerification
import Projections
import Synchronization
import Testing

@testable import LedgerStore

/// A data directory of its own with a local signer, a clock to set, and images of the disk at chosen moments.
final class LedgerFixture: Sendable {
    let root: String
    let signer: LocalSigner
    let clock = ManualClock()
    private let hook = Mutex<(@Sendable (FaultPoint) throws -> Void)?>(nil)

    convenience init() throws { try self.init(signer: LocalSigner()) }

    private init(signer: LocalSigner) throws {
        root =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("ls-\(UUID().uuidString)").path
        self.signer = signer
        try FileManager.default.createDirectory(
            atPath: root + "/ledger", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: root + "/views", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    var ledgerPath: String { root + "/ledger" }
    var projectionsPath: String { root + "/views/" + ProjectionStore.fileName }

    func segment(_ number: UInt64) -> SegmentFile {
        SegmentFile(directory: ledgerPath, number: number)
    }

    func configuration(
        _ change: (inout LedgerConfiguration) -> Void = { _ in }
    ) -> LedgerConfiguration {
        var configuration = LedgerConfiguration(
            directory: ledgerPath, viewsDirectory: root + "/views", clock: clock,
            faults: FaultHooks { [self] point in try hook.withLock { $0 }?(point) })
        configuration.limits.retryInterval = .milliseconds(5)
        configuration.limits.probeInterval = .milliseconds(1)
        configuration.limits.publishInterval = .milliseconds(20)
        configuration.limits.sealRetryInterval = .milliseconds(5)
        // On a busy machine as on an idle one.
        configuration.limits.erasurePatience = .seconds(100)
        configuration.limits.reservedDiskBytes = 0
        configuration.limits.ballastBytes = 0
        configuration.logger.logLevel = .critical
        change(&configuration)
        return configuration
    }

    func open(
        _ change: (inout LedgerConfiguration) -> Void = { _ in }
    ) async throws -> Ledger {
        try await Ledger.open(
            configuration(change), signer: signer, reindexer: signer, forgetter: signer)
    }

    // MARK: - Faults

    /// Runs `body` each time a step is reached.
    func onFault(_ body: (@Sendable (FaultPoint) throws -> Void)?) {
        hook.withLock { $0 = body }
    }

    /// The next time that `point` is reached, something breaks there.
    func failOnce(at point: FaultPoint) {
        let isArmed = Atomic(true)
        onFault { reached in
            guard reached == point, isArmed.exchange(false, ordering: .relaxed) else { return }
            throw Broken()
        }
    }

    struct Broken: Error {}

    /// The data directory and the signer as a kill at this instant would leave them.
    func image() throws -> LedgerFixture {
        let copy = try LedgerFixture(signer: try signer.copy())
        for part in ["ledger", "views"] {
            try FileManager.default.removeItem(atPath: copy.root + "/" + part)
            try FileManager.default.copyItem(
                atPath: root + "/" + part, toPath: copy.root + "/" + part)
        }
        return copy
    }

    /// Takes an image when `point` is next reached.
    func imageOnce(at point: FaultPoint) -> Captured {
        let captured = Captured()
        onFault { [self] reached in
            guard reached == point, captured.fixture == nil else { return }
            captured.set(try image())
        }
        return captured
    }

    final class Captured: Sendable {
        private let value = Mutex<LedgerFixture?>(nil)
        var fixture: LedgerFixture? { value.withLock { $0 } }
        func set(_ fixture: LedgerFixture) { value.withLock { $0 = fixture } }
    }

    // MARK: - Checking

    /// Re-verifies everything on disk as an auditor would: all of it holds, and what is not signed yet is said.
    @discardableResult
    func check(
        unsignedTail: UInt64? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> VerificationReport {
        let trust = try signer.identity().trustFile()
        let report = await (try LedgerEvidence(directory: ledgerPath)).verify(trust: trust)
        #expect(
            report.outcome == (report.unsignedTail > 0 ? .partial : .verified),
            "\(String(describing: report.failure)) \(report.notChecked)",
            sourceLocation: sourceLocation)
        if let unsignedTail {
            #expect(report.unsignedTail == unsignedTail, sourceLocation: sourceLocation)
        }
        return report
    }
}

/// Repeats what is refused because the ledger cannot write now, until it can.
func untilWritable<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
        do {
            return try await body()
        } catch let error as LedgerStoreError where error.code == .unavailable {
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension Ledger {
    /// The one receipt of an append of one mutation.
    func appendOne(
        _ mutation: MutationDraft, by actor: LedgerActor = Drafts.actor
    ) async throws -> MutationReceipt {
        let result = try await append(Drafts.append([mutation], by: actor))
        guard case .receipt(let receipt) = try #require(result.mutations.first) else {
            throw Refused(result.mutations)
        }
        return receipt
    }

    /// How many entries announce the seal of a segment.
    func announcements(of segment: UInt64) throws -> Int {
        var count = 0
        for index in 0..<signedSize {
            let entry = try entry(at: index)
            guard try EntryHeader(canonical: entry.header).type == SegmentSealed.type else {
                continue
            }
            let event = try EventCoding.decode(SegmentSealed.self, from: entry.payload)
            if event.segment == segment { count += 1 }
        }
        return count
    }

    struct Refused: Error {
        let outcomes: [MutationOutcome]
        init(_ outcomes: [MutationOutcome]) { self.outcomes = outcomes }
    }

    /// The refusal of an append of one mutation.
    func refusal(
        _ mutation: MutationDraft, by actor: LedgerActor = Drafts.actor
    ) async throws -> LedgerStoreError.Code? {
        let result = try await append(Drafts.append([mutation], by: actor))
        guard case .refused(let error) = try #require(result.mutations.first) else { return nil }
        return error.code
    }
}
