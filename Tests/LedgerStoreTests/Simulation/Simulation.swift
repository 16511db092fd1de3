import Foundation
import LedgerFormat
import TestSupport
import Testing

@testable import LedgerStore

/// One seed: a ledger that is used, killed and hurt at random steps, and checked after each.
///
/// One request is made at a time and nothing runs by itself (`tick` is called by hand), so the steps come in the
/// same order whenever a seed is replayed. A kill keeps the disk as it was at that step and goes on from there;
/// what the request was answered afterwards was never heard.
struct Simulation {
    let seed: UInt64
    private var random: SeededGenerator
    private let trouble = SimulatedTrouble()
    private var fixture: LedgerFixture
    private var ledger: Ledger
    private var world = SimulatedWorld()
    private var history: [String] = []
    /// Copies of `views/` that a power loss may bring back, as it is not synced with every commit.
    private var oldViews: String?
    private(set) var kills = 0
    private(set) var failures = 0

    init(seed: UInt64) async throws {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        fixture = try LedgerFixture()
        Self.attach(trouble, to: fixture)
        ledger = try await Self.open(fixture)
    }

    mutating func run(actions: Int) async throws {
        for _ in 0..<actions {
            try await act()
        }
        try await finish()
    }

    // MARK: - Opening

    private static func open(_ fixture: LedgerFixture) async throws -> Ledger {
        try await fixture.open { configuration in
            configuration.limits.publishInterval = .seconds(3_600)
            configuration.limits.sealRetryInterval = .milliseconds(1)
            configuration.limits.retryInterval = .milliseconds(1)
            configuration.limits.segmentBytes = 24_000
            configuration.limits.segmentAge = .seconds(7_200)
            configuration.limits.catchUpEntries = 5
        }
    }

    private static func attach(_ trouble: SimulatedTrouble, to fixture: LedgerFixture) {
        fixture.onFault { [unowned fixture] point in
            try trouble.reach(point.rawValue, fixture)
        }
        fixture.signer.onRecorded { [unowned fixture] in
            // A reply that is lost is the signer's own fault to simulate.
            try? trouble.reach("recorded", fixture)
        }
    }

    private var comment: Comment {
        Comment(
            rawValue: "seed \(seed): \(history.suffix(12).joined(separator: " → ")) "
                + "[\(trouble.trace.suffix(12).joined(separator: " "))]")
    }

    /// Returns when nothing runs any more that could reach a step.
    private func quiet() async {
        await ledger.sealRepairs.settle()
        await ledger.settle()
    }

    // MARK: - Acting

    private mutating func act() async throws {
        let isTroubled = random.chance(45)
        let kind: SimulatedTrouble.Kind? =
            isTroubled ? (random.chance(65) ? .kill : .failure) : nil
        trouble.arm(kind, afterSteps: Int.random(in: 1...9, using: &random))
        if random.chance(8) { fixture.signer.change { $0.lostReplies = 1 } }
        await perform(Int.random(in: 0..<100, using: &random))
        await quiet()
        trouble.disarm()
        fixture.signer.change { $0.lostReplies = 0 }
        if let image = trouble.image {
            try await reopen(image)
        } else if kind == .failure {
            failures += 1
            try await recover()
        }
    }

    private mutating func perform(_ choice: Int) async {
        switch choice {
        case ..<35: await create()
        case ..<50: await enrich()
        case ..<58: await retry()
        case ..<64: await conflict()
        case ..<70: await note("read") { ledger in _ = try await ledger.append(Drafts.read()) }
        case ..<80:
            await note("seal") { ledger in
                _ = try await ledger.seal(actor: "operator", requestID: "r")
            }
        case ..<90:
            fixture.clock.advance(seconds: Double(Int.random(in: 0...4_000, using: &random)))
            await note("tick") { ledger in await ledger.tick() }
            await publishedNow()
        case ..<94:
            fixture.clock.advance(seconds: -1.5)
            await note("clock a little back") { _ in }
        case ..<97:
            fixture.clock.advance(seconds: -60)
            await note("clock back, corrected") { ledger in
                _ = try await ledger.correctClock(actor: "operator", requestID: "r")
            }
        default: keepViews()
        }
    }

    private mutating func note(
        _ name: String, _ body: (Ledger) async throws -> Void
    ) async {
        history.append(name)
        do {
            try await body(ledger)
        } catch {
            history.append("(\(error))")
        }
    }

    private mutating func create() async {
        let person = Drafts.Person("\(seed) \(world.people.count)")
        let key = Drafts.tag("\(seed) \(world.people.count)")
        world.people.append(.init(person: person, key: key, receipt: nil))
        history.append("create")
        await resolve(world.people.count - 1)
    }

    /// Asks (again) for a creation whose answer is not known.
    private mutating func resolve(_ position: Int) async {
        let known = world.people[position]
        guard let mutation = try? Drafts.create(known.person, key: known.key, attributes: 1) else {
            return
        }
        do {
            let receipt = try await ledger.appendOne(mutation)
            guard trouble.image == nil else { return }
            world.people[position].receipt = receipt
            world.acknowledge(receipt)
        } catch {
            history.append("(\(error))")
        }
    }

    private mutating func enrich() async {
        guard let known = world.people.filter({ $0.receipt != nil }).randomElement(using: &random)
        else { return }
        history.append("enrich")
        do {
            let receipt = try await ledger.appendOne(
                Drafts.enrich(known.person, ["jobTitle", "phone"]))
            if trouble.image == nil { world.acknowledge(receipt) }
        } catch {
            history.append("(\(error))")
        }
    }

    private mutating func retry() async {
        guard let known = world.people.filter({ $0.receipt != nil }).randomElement(using: &random)
        else { return }
        history.append("retry")
        do {
            let receipt = try await ledger.appendOne(
                Drafts.create(known.person, key: known.key, attributes: 1))
            #expect(receipt.replayed, comment)
            #expect(receipt.index == known.receipt?.index, comment)
        } catch {
            history.append("(\(error))")
        }
    }

    /// One append of a mutation that is refused and one that is not.
    private mutating func conflict() async {
        guard let known = world.people.filter({ $0.receipt != nil }).randomElement(using: &random)
        else { return }
        history.append("conflict")
        do {
            let result = try await ledger.append(
                Drafts.append([
                    Drafts.create(Drafts.Person(sameEmailAs: known.person)),
                    Drafts.enrich(known.person),
                ]))
            guard case .refused(let error) = result.mutations[0],
                case .receipt(let receipt) = result.mutations[1]
            else {
                Issue.record(comment)
                return
            }
            #expect(error.code == .conflict, comment)
            if trouble.image == nil { world.acknowledge(receipt) }
        } catch {
            history.append("(\(error))")
        }
    }

    private mutating func publishedNow() async {
        await ledger.settle()
        guard trouble.image == nil, let note = ledger.publishedCheckpoint,
            let size = try? Checkpoint(parsing: SignedNote(parsing: note).text).size
        else { return }
        #expect(size >= world.served, comment)
        world.served = size
    }

    private mutating func keepViews() {
        let copy = fixture.root + "/old-views"
        try? FileManager.default.removeItem(atPath: copy)
        try? FileManager.default.copyItem(atPath: fixture.root + "/views", toPath: copy)
        oldViews = copy
    }

    // MARK: - After trouble

    /// The process died; the next one finds `image`.
    private mutating func reopen(_ image: LedgerFixture) async throws {
        kills += 1
        history.append("KILLED")
        fixture.onFault(nil)
        fixture.signer.onRecorded(nil)
        await ledger.close(sealing: false)
        // The clock goes on whatever happens to the process.
        image.clock.set(fixture.clock)
        if let oldViews, random.chance(40) {
            history.append("old views")
            try FileManager.default.removeItem(atPath: image.root + "/views")
            try FileManager.default.copyItem(atPath: oldViews, toPath: image.root + "/views")
        }
        oldViews = nil
        fixture = image
        // The start itself may be killed too.
        Self.attach(trouble, to: fixture)
        if random.chance(30) {
            trouble.arm(.kill, afterSteps: Int.random(in: 1...6, using: &random))
        } else {
            trouble.arm(nil, afterSteps: 0)
        }
        ledger = try await Self.open(fixture)
        await quiet()
        trouble.disarm()
        if let again = trouble.image { return try await reopen(again) }
        try await settleDoubts()
    }

    /// A step failed and the process lives: it must get on by itself.
    private mutating func recover() async throws {
        history.append("FAILED")
        try await settleDoubts()
    }

    /// Whoever got no answer asks again, with the same key.
    private mutating func settleDoubts() async throws {
        let now = ledger
        var attempts = 0
        while true {
            do throws(LedgerStoreError) {
                _ = try await now.append(Drafts.read())
                break
            } catch {
                attempts += 1
                try #require(attempts < 1_000, comment)
                if error.code == .clockBehind {
                    _ = try await now.correctClock(actor: "operator", requestID: "r")
                } else {
                    try #require(error.code == .unavailable, comment)
                    await now.tick()
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
        }
        for position in world.people.indices where world.people[position].receipt == nil {
            await resolve(position)
            #expect(world.people[position].receipt != nil, comment)
        }
        await now.sealRepairs.settle()
        await now.settle()
        try await world.check(now, fixture, comment)
    }

    private mutating func finish() async throws {
        trouble.arm(nil, afterSteps: 0)
        try await settleDoubts()
        try world.checkOnce(ledger, comment)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
        let projected = try ProjectionDump.lines(fixture.projectionsPath)
        _ = try await Ledger.rebuild(
            fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        #expect(try ProjectionDump.lines(fixture.projectionsPath) == projected, comment)
    }
}
