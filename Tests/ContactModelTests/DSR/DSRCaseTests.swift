import ContactModel
import Testing

/// The machine, written down a second time: every state with every step, for every kind.
@Suite struct DSRCaseTests {
    private static let received = Timestamp(rfc3339: "2026-01-31T10:00:00Z")

    private static func request(
        _ kind: DSRKind, _ state: DSRState, isExtended: Bool = false
    ) throws -> DSRCase {
        DSRCase(
            kind: kind, receivedAt: try #require(received), state: state, isExtended: isExtended)
    }

    /// A reason that fits, for each step that needs one.
    private static func steps(_ kind: DSRKind) throws -> [(name: String, DSRStep)] {
        let withheld = DSRReason.allCases.first { $0.permits(.completePartially([$0]), of: kind) }
        return [
            ("verify", .verifyIdentity), ("start", .start), ("extend", .extend(.complexity)),
            ("complete", .complete), ("partial", .completePartially([withheld ?? .legalHold])),
            ("refuse", .refuse([.excessive])), ("cancel", .cancel(.withdrawn)),
            ("order", .orderErasure), ("erased", .finishErasure),
        ]
    }

    private static let kindsThatAreWithheld: Set<DSRKind> = [
        .access, .rectify, .delete, .portability, .know, .ccpaDelete, .correct,
    ]

    private static func expected(_ kind: DSRKind, _ state: DSRState, _ step: String) -> DSRState? {
        let erases = kind == .delete || kind == .ccpaDelete
        switch (state, step) {
        case (.completed, _), (.partiallyCompleted, _), (.refused, _), (.cancelled, _): return nil
        case (.received, "verify"): return .identityVerified
        case (.identityVerified, "start"): return .inProgress
        case (_, "extend"): return state
        case (_, "refuse"): return .refused
        case (_, "cancel"): return .cancelled
        case (_, "order"): return erases ? .inProgress : .cancelled
        case (.inProgress, "complete"): return erases ? nil : .completed
        case (.inProgress, "partial"):
            return kindsThatAreWithheld.contains(kind) ? .partiallyCompleted : nil
        case (.inProgress, "erased"): return erases ? .completed : nil
        default: return nil
        }
    }

    @Test(arguments: DSRKind.allCases, DSRState.allCases)
    func everyStepFromEveryStateIsDecided(kind: DSRKind, state: DSRState) throws {
        let request = try Self.request(kind, state)
        let time = try #require(Self.received)
        for (name, step) in try Self.steps(kind) {
            let next = try? request.after(step, at: time)
            #expect(next?.state == Self.expected(kind, state, name), "\(name)")
            // Nothing but an extension extends, and nothing changes what was asked and when.
            if let next {
                #expect(next.isExtended == (name == "extend"))
                #expect(next.kind == kind && next.receivedAt == request.receivedAt)
            }
        }
    }

    @Test func nobodyWorksOnARequestWhoseIdentityIsNotVerified() throws {
        let request = try Self.request(.access, .received)
        let time = try #require(Self.received)
        #expect(throws: DSRRefusal.notFrom(.received)) { try request.after(.start, at: time) }
        #expect(throws: DSRRefusal.notFrom(.received)) { try request.after(.complete, at: time) }
    }

    @Test(
        arguments: [
            (DSRKind.access, "2026-02-28", "2026-04-30"), (.know, "2026-03-17", "2026-05-01"),
        ])
    func anExtensionCountsFromReceiptOnceAndInTime(
        kind: DSRKind, due: String, extended: String
    ) throws {
        let request = try Self.request(kind, .identityVerified)
        #expect(request.due.text == due)
        let lastMoment = try #require(Timestamp(rfc3339: "\(due)T23:59:59.999999Z"))
        let next = try request.after(.extend(.numberOfRequests), at: lastMoment)
        #expect(next.due.text == extended && next.state == .identityVerified)
        #expect(throws: DSRRefusal.extendedBefore) {
            try next.after(.extend(.complexity), at: lastMoment)
        }
        let late = try #require(
            Timestamp(microsecondsSince1970: lastMoment.microsecondsSince1970 + 1))
        #expect(throws: DSRRefusal.timeIsOver(request.due)) {
            try request.after(.extend(.complexity), at: late)
        }
    }

    @Test(arguments: [DSRKind.delete, .ccpaDelete])
    func aDeletionIsCompletedByTheErasureAlone(kind: DSRKind) throws {
        let time = try #require(Self.received)
        #expect(throws: DSRRefusal.erasureCompletes) {
            try Self.request(kind, .inProgress).after(.complete, at: time)
        }
        let ordered = try Self.request(kind, .received).after(.orderErasure, at: time)
        #expect(try ordered.after(.finishErasure, at: time).state == .completed)
    }

    @Test(arguments: DSRKind.allCases)
    func reasonsFitTheKindAndTheStep(kind: DSRKind) throws {
        let request = try Self.request(kind, .inProgress)
        let time = try #require(Self.received)
        for reason in DSRReason.allCases {
            for step: DSRStep in [
                .extend(reason), .refuse([reason]), .completePartially([reason]), .cancel(reason),
            ] {
                let fits = reason.permits(step, of: kind)
                #expect(((try? request.after(step, at: time)) != nil) == fits, "\(reason) \(step)")
            }
        }
        #expect(DSRReason.legalClaims.permits(.refuse([]), of: kind) == (kind == .delete))
        #expect(
            DSRReason.legalHold.permits(.completePartially([]), of: kind)
                == (kind == .delete || kind == .ccpaDelete))
        // Refused for it, and never granted in part: nothing would be restricted then.
        #expect(DSRReason.compellingGrounds.permits(.refuse([]), of: kind) == (kind == .object))
        #expect(!DSRReason.compellingGrounds.permits(.completePartially([]), of: kind))
        #expect(!DSRReason.excessive.permits(.completePartially([]), of: kind))
        #expect(!DSRReason.complexity.permits(.cancel(.complexity), of: kind))
    }

    @Test func aRefusalGivesOneToEightDifferentReasons() throws {
        let request = try Self.request(.delete, .inProgress)
        let time = try #require(Self.received)
        for reasons: [DSRReason] in [[], [.legalHold, .legalHold]] {
            #expect(throws: DSRRefusal.reasonsMissing) {
                try request.after(.refuse(reasons), at: time)
            }
            #expect(throws: DSRRefusal.reasonsMissing) {
                try request.after(.completePartially(reasons), at: time)
            }
        }
        let next = try request.after(.completePartially([.legalHold, .legalClaims]), at: time)
        #expect(next.state == .partiallyCompleted)
    }
}
