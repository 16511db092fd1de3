import ContactModel
import Testing

@Suite struct EnrichmentMergeTests {
    private typealias Contestant = EnrichmentMerge.Contestant

    private static func value(
        _ id: String, _ type: String = "phone", _ confidence: Int = 5_000, day: Int = 1,
        rank: Int = 0
    ) -> Contestant {
        Contestant(
            id: id, type: type, confidence: confidence,
            validFrom: "2026-01-0\(day)T00:00:00.000000Z", sourceRank: rank)
    }

    @Test func confidenceThenFreshnessThenSourceDecides() {
        let own = Self.value("own", "phone", 5_000, day: 2, rank: 1)
        let cases: [(Contestant, Bool, EnrichmentRule)] = [
            (Self.value("v", "phone", 6_000, day: 1, rank: 9), true, .confidence),
            (Self.value("v", "phone", 4_000, day: 9, rank: 0), false, .confidence),
            (Self.value("v", "phone", 5_000, day: 3, rank: 9), true, .freshness),
            (Self.value("v", "phone", 5_000, day: 1, rank: 0), false, .freshness),
            (Self.value("v", "phone", 5_000, day: 2, rank: 0), true, .source),
            (Self.value("v", "phone", 5_000, day: 2, rank: 2), false, .source),
            // What is there stays where nothing tells them apart.
            (Self.value("v", "phone", 5_000, day: 2, rank: 1), false, .order),
        ]
        for (value, isTaken, rule) in cases {
            #expect(
                EnrichmentMerge.decisions(on: [value], among: [own]) == [
                    EnrichmentDecision(
                        attributeId: "v", isTaken: isTaken, other: "own", rule: rule)
                ], "\(value)")
        }
    }

    @Test func oneOfEachTypeIsTakenAndTheOthersSayWhatTheyYieldTo() {
        let received = [
            Self.value("a", "phone", 5_000), Self.value("b", "phone", 7_000),
            Self.value("c", "company", 1_000), Self.value("d", "phone", 7_000, rank: 1),
        ]
        let decisions = EnrichmentMerge.decisions(on: received, among: [])
        #expect(
            decisions == [
                EnrichmentDecision(
                    attributeId: "a", isTaken: false, other: "b", rule: .confidence),
                EnrichmentDecision(attributeId: "b", isTaken: true),
                EnrichmentDecision(attributeId: "c", isTaken: true),
                EnrichmentDecision(attributeId: "d", isTaken: false, other: "b", rule: .source),
            ])
    }

    /// Whatever is received in whatever order: one winner of each type, and it beats or ties with all others.
    @Test func theRuleIsAnOrder() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let values = (0..<Int.random(in: 1...8, using: &random)).map { index in
                Self.value(
                    "v\(index)", ["phone", "company"].randomElement(using: &random) ?? "phone",
                    [4_000, 5_000].randomElement(using: &random) ?? 0,
                    day: Int.random(in: 1...2, using: &random),
                    rank: Int.random(in: 0...1, using: &random))
            }
            let own = [Self.value("own", "phone", 4_000, day: 1, rank: 1)]
            let decisions = EnrichmentMerge.decisions(on: values, among: own)
            #expect(decisions.map(\.attributeId) == values.map(\.id))
            for type in ["phone", "company"] {
                let mine = values.filter { $0.type == type }
                let taken = decisions.filter { decision in
                    decision.isTaken && mine.contains { $0.id == decision.attributeId }
                }
                #expect(taken.count <= 1)
                let winner = (mine + own).first { $0.id == taken.first?.attributeId }
                for value in mine where winner.map({ $0.id != value.id }) ?? false {
                    guard let winner else { continue }
                    #expect(
                        (winner.confidence, winner.validFrom, -winner.sourceRank)
                            >= (value.confidence, value.validFrom, -value.sourceRank))
                }
                if type == "company" { #expect(taken.isEmpty == mine.isEmpty) }
            }
        }
    }

    @Test func vendorsRankAsTheyWereAsked() {
        let vendors = ["b", "a"]
        let ranks = [
            EnrichmentMerge.sourceRank(.dataSubject, nil, vendors: vendors),
            EnrichmentMerge.sourceRank(.operator, "o", vendors: vendors),
            EnrichmentMerge.sourceRank(.crm, "c", vendors: vendors),
            EnrichmentMerge.sourceRank(.vendor, "b", vendors: vendors),
            EnrichmentMerge.sourceRank(.vendor, "a", vendors: vendors),
            EnrichmentMerge.sourceRank(.vendor, "z", vendors: vendors),
            EnrichmentMerge.sourceRank(.marketing, "m", vendors: vendors),
            EnrichmentMerge.sourceRank(.derived, "d", vendors: vendors),
            EnrichmentMerge.sourceRank(nil, nil, vendors: vendors),
        ]
        #expect(ranks == ranks.sorted() && Set(ranks).count == ranks.count)
    }
}
