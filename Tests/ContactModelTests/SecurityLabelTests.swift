import Testing

@testable import ContactModel

@Suite struct SecurityLabelTests {
    /// Every label over two categories and one caveat: 4 × 3 × 4 × 2 = 96.
    static let lattice: [SecurityLabel] = {
        var labels: [SecurityLabel] = []
        for confidentiality in SecurityLabel.Confidentiality.allCases {
            for integrity in SecurityLabel.Integrity.allCases {
                for categories in [[], [0], [1], [0, 1]] as [Set<UInt16>] {
                    for caveats in [[], ["noforn"]] as [Set<String>] {
                        let label = try? SecurityLabel(
                            confidentiality: confidentiality, integrity: integrity,
                            categories: categories, caveats: caveats)
                        if let label { labels.append(label) }
                    }
                }
            }
        }
        return labels
    }()

    @Test func dominanceIsAPartialOrder() {
        #expect(Self.lattice.count == 96)
        for a in Self.lattice {
            #expect(a.dominates(a))
            for b in Self.lattice {
                if a.dominates(b), b.dominates(a) { #expect(a == b) }
                for c in Self.lattice where a.dominates(b) && b.dominates(c) {
                    guard a.dominates(c) else {
                        Issue.record("\(a) \(b) \(c): not transitive")
                        return
                    }
                }
            }
        }
    }

    @Test func joinIsTheLeastUpperBoundAndMeetTheGreatestLower() {
        for a in Self.lattice {
            for b in Self.lattice {
                let join = a.join(b)
                let meet = a.meet(b)
                guard join == b.join(a), meet == b.meet(a), join.dominates(a), join.dominates(b),
                    a.dominates(meet), b.dominates(meet), a.join(meet) == a, a.meet(join) == a
                else {
                    Issue.record("\(a) \(b): join \(join), meet \(meet)")
                    return
                }
                for c in Self.lattice {
                    if c.dominates(a), c.dominates(b), !c.dominates(join) {
                        Issue.record("\(c) is a lower upper bound of \(a) \(b) than \(join)")
                        return
                    }
                    if a.dominates(c), b.dominates(c), !meet.dominates(c) {
                        Issue.record("\(c) is a higher lower bound of \(a) \(b) than \(meet)")
                        return
                    }
                }
            }
        }
    }

    @Test func everyLabelReadsBackFromItsText() throws {
        for label in Self.lattice { #expect(try SecurityLabel(label.text) == label) }
    }

    @Test(arguments: [
        "s0/i0", "s1/i1", "s3:c0/i2", "s1:c1023/i1", "s1:c0.c3,c7/i1;noforn", "s1:c0,c1/i1",
        "s1:c0.c2/i1", "s1:c0,c1,c3.c5/i0;a,b-1,c", "s0:c0.c1023/i2",
    ])
    func canonicalTextIsAccepted(text: String) throws {
        #expect(try SecurityLabel(text).text == text)
    }

    @Test(arguments: [
        "", "s1", "s1/", "/i1", "s4/i1", "s1/i3", "S1/i1", "s01/i1", "s1:/i1", "s1/i1;",
        "s1:c1024/i1",
        "s1:c00/i1", "s1:c0.c1/i1", "s1:c0,c1,c2/i1", "s1:c1,c0/i1", "s1:c0,c0/i1",
        "s1:c0.c3,c4/i1",
        "s1:c3.c0/i1", "s1:c0.c3.c5/i1", "s1:c0,/i1", "s1/i1;b,a", "s1/i1;a,a", "s1/i1;A",
        "s1/i1; a",
        "s1/i1;a,", " s1/i1", "s1/i1 ", "s1/i1/i1", "s1:c0/i1:c1", "s-1/i1", "s1:c+1/i1", "s１/i1",
        "s1/i1;" + String(repeating: "a", count: 33),
    ])
    func anyOtherSpellingIsRefused(text: String) {
        #expect(throws: ValidationError.self) { try SecurityLabel(text) }
    }

    @Test func aLabelIsAtMost256Characters() throws {
        let caveats = (0..<20).map { String(repeating: "a", count: 10) + String(10 + $0) }
        let text = "s1/i1;" + caveats.joined(separator: ",")
        #expect(text.utf8.count > 256)
        #expect(throws: ValidationError.self) { try SecurityLabel(text) }
    }

    @Test func theNamedLabelsAreTheFormats() {
        #expect(SecurityLabel.default.text == "s1/i1")
        #expect(SecurityLabel.audit.text == "s1:c1023/i1")
        #expect(SecurityLabel.audit.dominates(.default))
        #expect(!SecurityLabel.default.dominates(.audit))
    }
}
