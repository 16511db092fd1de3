import ContactModel
import Foundation
import LedgerFormat
import Projections
import TestSupport
import Testing

@testable import LedgerStore

/// What lowers a label or raises trust is a `ContactRelabelled` of somebody who may, and nothing else.
@Suite(.timeLimit(.minutes(2))) struct TrustedSubjectTests {
    private static let labels = ["s0", "s1", "s2"].flatMap { level in
        ["", ":c0"].flatMap { categories in
            ["i0", "i1", "i2"].map { "\(level)\(categories)/\($0)" }
        }
    }

    /// Read from the text alone; each number grows with secrecy or with trust.
    private struct Reference: Equatable {
        var level: Int
        var compartment: Int
        var trust: Int

        init(_ text: String) {
            let digits = text.filter(\.isNumber).compactMap(\.wholeNumberValue)
            level = digits[0]
            compartment = text.contains(":c0") ? 1 : 0
            trust = digits[digits.count - 1]
        }

        func lies(from low: Reference, to high: Reference) -> Bool {
            low.level <= level && level <= high.level && low.compartment <= compartment
                && compartment <= high.compartment && high.trust <= trust && trust <= low.trust
        }

        func join(_ other: Reference) -> Reference {
            var joined = self
            joined.level = max(level, other.level)
            joined.compartment = max(compartment, other.compartment)
            joined.trust = min(trust, other.trust)
            return joined
        }
    }

    /// Every pair of labels with every range of a small lattice.
    @Test func everyRelabelOfASmallLatticeIsDecidedAsTheReferenceSays() throws {
        let labels = try Self.labels.map { (try SecurityLabel($0), Reference($0)) }
        var (ranges, accepted) = (0, 0)
        for (low, bottom) in labels {
            for (high, top) in labels {
                guard let clearance = try? Clearance(low: low, high: high) else { continue }
                ranges += 1
                for (old, from) in labels {
                    for (new, to) in labels {
                        let relabelling = Relabelling(from: old.text, to: new)
                        let refusal = relabelling.refusal(of: old, by: clearance)?.code
                        let rises =
                            from != to && to.level >= from.level
                            && to.compartment >= from.compartment && to.trust >= from.trust
                        let isAllowed =
                            rises && from.lies(from: bottom, to: top)
                            && to.lies(from: bottom, to: top)
                        if isAllowed { accepted += 1 }
                        if refusal != (isAllowed ? nil : .forbidden) {
                            Issue.record("\(old) to \(new) by \(clearance): \(refusal as Any)")
                        }
                        let lie = Relabelling(from: low == old ? "s3/i0" : low.text, to: new)
                        if lie.refusal(of: old, by: clearance) == nil {
                            Issue.record("\(old) called \(lie.from) to \(new) by \(clearance)")
                        }
                    }
                }
            }
        }
        #expect(ranges == 6 * 3 * 6 && accepted > 0)
    }

    /// Over random principals and requests, with trusted subjects among them or none: afterwards the entries alone, read by another
    /// rule book, say the same labels; and where one fell or trust rose, it was a `ContactRelabelled` that raised or endorsed, of an
    /// actor who is trusted with both.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64], [true, false])
    func onlyATrustedSubjectMovesTrustUpAndNobodyMovesInformationDown(
        seed: UInt64, hasTrusted: Bool
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        var actors: [String: (actor: LedgerActor, isTrusted: Bool)] = [:]
        for low in Self.labels {
            for high in Self.labels {
                guard
                    let clearance = try? Clearance(
                        low: SecurityLabel(low), high: SecurityLabel(high))
                else { continue }
                let id = "p-\(actors.count)"
                actors[id] = (
                    LedgerActor(id: id, clearance: clearance),
                    hasTrusted && actors.count.isMultiple(of: 3)
                )
            }
        }
        // Random ranges are mostly narrow: one more, of all labels.
        let everything = try RelabellingTests.actor("s0/i2-s2:c0/i0")
        actors[everything.id] = (everything, hasTrusted)
        let ids = actors.keys.sorted()
        var people: [Drafts.Person] = []
        for round in 0..<200 {
            let id =
                round % 4 == 1
                ? everything.id : ids[Int.random(in: 0..<ids.count, using: &random)]
            let (actor, isTrusted) = try #require(actors[id])
            let label = Self.labels[Int.random(in: 0..<Self.labels.count, using: &random)]
            // What the gate refuses never gets here: labels outside the clearance, relabels of whoever is not listed.
            guard actor.clearance.canWrite(try SecurityLabel(label)) else { continue }
            guard round % 6 != 0, !people.isEmpty else {
                people.append(Drafts.Person("p\(round)"))
                _ = try await RelabellingTests.append(
                    Drafts.create(people[people.count - 1], label: label), by: actor, ledger)
                continue
            }
            let person = people[Int.random(in: 0..<people.count, using: &random)]
            if isTrusted, Bool.random(using: &random) {
                _ = try await RelabellingTests.relabel(person, to: label, by: actor, ledger)
            } else {
                _ = try await RelabellingTests.append(
                    Drafts.enrich(person, ["x-\(round % 3)"], label: label), by: actor, ledger)
            }
        }
        var models: [SubjectTag: Reference] = [:]
        var relabels = 0
        for index in 0..<ledger.signedSize {
            let entry = try ledger.entry(at: index)
            let header = try EntryHeader(canonical: entry.header)
            guard let subject = header.subject, header.stream != .audit else { continue }
            let label = Reference(header.label)
            guard header.type == ContactRelabelled.type else {
                models[subject] = models[subject]?.join(label) ?? label
                continue
            }
            relabels += 1
            let before = try #require(models[subject])
            let event = try EventCoding.decode(ContactRelabelled.self, from: entry.payload)
            let (actor, isTrusted) = try #require(actors[header.actor])
            let (low, high) = (
                Reference(actor.clearance.low.text), Reference(actor.clearance.high.text)
            )
            #expect(isTrusted && Reference(event.fromLabel) == before)
            #expect(before.lies(from: low, to: high) && label.lies(from: low, to: high))
            #expect(label.level >= before.level && label.compartment >= before.compartment)
            #expect(label.trust >= before.trust && label != before)
            models[subject] = label
        }
        #expect((relabels > 0) == hasTrusted)
        for person in people {
            let record = try #require(try ledger.contact(id: person.id))
            #expect(Reference(record.head.label) == models[person.subject])
        }
        await ledger.close(sealing: false)
        let lines = try ProjectionDump.lines(fixture.projectionsPath)
        _ = try await Ledger.rebuild(
            fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        #expect(try ProjectionDump.lines(fixture.projectionsPath) == lines)
    }
}
