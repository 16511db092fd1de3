import ContactModel
import Testing

@Suite struct ClearanceTests {
    /// A small lattice: every level, both integrities that matter in a pair, every set of two categories.
    private static let lattice: [SecurityLabel] = ["s0", "s1", "s2", "s3"].flatMap { level in
        ["", ":c0", ":c1", ":c0,c1"].flatMap { categories in
            ["i0", "i1", "i2"].compactMap { try? SecurityLabel("\(level)\(categories)/\($0)") }
        }
    }

    /// Read from the texts alone: `s<level>[:categories]/i<integrity>`.
    private struct Reference {
        let level: Int
        let categories: Set<Substring>
        let integrity: Int

        init(_ label: SecurityLabel) throws {
            let halves = label.text.split(separator: "/")
            let parts = halves[0].split(separator: ":")
            level = try #require(Int(parts[0].dropFirst()))
            categories = parts.count == 2 ? Set(parts[1].split(separator: ",")) : []
            integrity = try #require(Int(halves[1].dropFirst()))
        }

        /// Bell-LaPadula's simple property and strict Biba's: no read up, no read of what is less trusted.
        func reads(_ object: Reference) -> Bool {
            level >= object.level && categories.isSuperset(of: object.categories)
                && integrity <= object.integrity
        }

        /// The *-property and Biba's: no write down, no write of what is more trusted.
        func writes(_ object: Reference) -> Bool {
            level <= object.level && categories.isSubset(of: object.categories)
                && integrity >= object.integrity
        }
    }

    @Test func everyPairOfTheLatticeIsReadAndWrittenAsTheReferenceSays() throws {
        #expect(Self.lattice.count == 48)
        for subject in Self.lattice {
            let clearance = Clearance(subject)
            let reference = try Reference(subject)
            for object in Self.lattice {
                let other = try Reference(object)
                #expect(clearance.canRead(object) == reference.reads(other), "\(subject) \(object)")
                // One label is one session: what it may write is what it may read, too.
                let writes = reference.writes(other) && reference.reads(other)
                #expect(clearance.canWrite(object) == writes, "\(subject) \(object)")
            }
        }
    }

    @Test func aRangeReadsBelowItsHighAndWritesBetween() throws {
        for low in Self.lattice {
            let bottom = try Reference(low)
            for high in Self.lattice {
                let top = try Reference(high)
                guard top.reads(bottom) else {
                    #expect(throws: ValidationError.self) { try Clearance(low: low, high: high) }
                    continue
                }
                let clearance = try Clearance(low: low, high: high)
                for object in Self.lattice {
                    let other = try Reference(object)
                    #expect(clearance.canRead(object) == top.reads(other))
                    #expect(
                        clearance.canWrite(object) == (top.reads(other) && bottom.writes(other)))
                    // A session of the low's trust, and of the object's secrecy.
                    #expect(
                        clearance.canChange(object)
                            == (top.reads(other) && bottom.integrity >= other.integrity))
                    #expect(
                        clearance.canErase(object)
                            == (top.level >= other.level
                                && top.categories.isSuperset(of: other.categories)))
                }
                #expect(clearance.canRelabel(from: low, to: high))
                #expect(clearance.canRelabel(from: high, to: low))
            }
        }
    }

    /// Every pair, against a table of what becomes of level, categories and integrity: `+` more, `=` the same, `-` less, `?` neither.
    @Test func aRelabelRaisesOrEndorsesAsTheReferenceSays() throws {
        func change<Value: Equatable>(_ old: Value, _ new: Value, _ grows: Bool, _ shrinks: Bool)
            -> Character
        {
            old == new ? "=" : grows ? "+" : shrinks ? "-" : "?"
        }
        let allowed: Set<String> = [
            "++=", "+==", "=+=", "+++", "+=+", "=++", "==+",
        ]
        var allowedPairs = 0
        for old in Self.lattice {
            let from = try Reference(old)
            for new in Self.lattice {
                let to = try Reference(new)
                let changes = String([
                    change(from.level, to.level, to.level > from.level, to.level < from.level),
                    change(
                        from.categories, to.categories,
                        to.categories.isSuperset(of: from.categories),
                        to.categories.isSubset(of: from.categories)),
                    change(
                        from.integrity, to.integrity, to.integrity > from.integrity,
                        to.integrity < from.integrity),
                ])
                let raises = new.raisesOrEndorses(old)
                if raises != allowed.contains(changes) {
                    Issue.record("\(old) to \(new): \(changes)")
                }
                if raises { allowedPairs += 1 }
            }
        }
        #expect(allowedPairs == Self.upward(levels: 4, categories: 2, integrities: 3))
    }

    @Test func aRangeRelabelsWhatLiesWithinItAsTheReferenceSays() throws {
        let labels = Self.lattice.filter {
            $0.confidentiality != .restricted && !$0.categories.contains(1)
        }
        for low in labels {
            for high in labels {
                guard let clearance = try? Clearance(low: low, high: high) else { continue }
                let (bottom, top) = (try Reference(low), try Reference(high))
                let isInside = try labels.map { label in
                    let label = try Reference(label)
                    return (bottom.level...top.level).contains(label.level)
                        && (top.integrity...bottom.integrity).contains(label.integrity)
                        && label.categories.isSubset(of: top.categories)
                        && bottom.categories.isSubset(of: label.categories)
                }
                for (old, mayTake) in zip(labels, isInside) {
                    for (new, mayGive) in zip(labels, isInside)
                    where clearance.canRelabel(from: old, to: new) != (mayTake && mayGive) {
                        Issue.record("\(old) to \(new) by \(clearance)")
                    }
                }
            }
        }
    }

    /// Pairs of a product of orders where nothing goes down and something goes up, counted.
    private static func upward(levels: Int, categories: Int, integrities: Int) -> Int {
        let pairs = { (size: Int) in size * (size + 1) / 2 }
        let subsets = (0..<categories).reduce(1) { product, _ in product * 3 }
        let same = levels * (1 << categories) * integrities
        return pairs(levels) * subsets * pairs(integrities) - same
    }

    @Test(arguments: [
        "legal hold", "DPIA-17", "a", "x/y:z,(1);#2._-", String(repeating: "r", count: 128),
    ])
    func aReasonIsAFewPlainWords(_ text: String) throws {
        #expect(try RelabelReason(text).text == text)
    }

    @Test(arguments: [
        "", " ", " a", "a ", "jane@example.com", "\"q\"", "a\nb", "é", "a\u{0}", "a\\b", "{}",
        String(repeating: "r", count: 129),
    ])
    func aReasonNamesNoAddressAndIsShort(_ text: String) {
        #expect(throws: ValidationError.self) { try RelabelReason(text) }
    }

    /// Whoever writes what it read has moved nothing down and trusted nothing more: not within one label of a session.
    @Test func nothingThatOneLabelReadsCanItWriteLower() {
        for subject in Self.lattice {
            let session = Clearance(subject)
            for source in Self.lattice where session.canRead(source) {
                for target in Self.lattice where session.canWrite(target) {
                    #expect(target.dominates(source), "\(source) to \(target) by \(subject)")
                }
            }
        }
    }

    @Test func relabelingNeedsBothLabelsWithinTheClearance() throws {
        let clearance = try Clearance("s1/i1-s2:c0/i0")
        let inside = try ["s1/i1", "s2:c0/i0", "s1:c0/i1", "s2/i0"].map { try SecurityLabel($0) }
        let outside = try ["s0/i1", "s3/i1", "s1:c1/i1", "s1/i2"].map { try SecurityLabel($0) }
        for one in inside {
            for other in inside { #expect(clearance.canRelabel(from: one, to: other)) }
            for other in outside {
                #expect(!clearance.canRelabel(from: one, to: other))
                #expect(!clearance.canRelabel(from: other, to: one))
            }
        }
    }

    @Test(arguments: [
        "s1/i1", "s0/i2-s3:c0.c1023/i0", "s1/i1;a-b-s2/i1;a-b", "s1/i1;no-s1-s2:c4,c5/i1;no-s1,x",
        "s0/i1-s0:c7/i1",
    ])
    func textIsReadAndWrittenTheSame(_ text: String) throws {
        #expect(try Clearance(text).description == text)
    }

    @Test(arguments: [
        "", "-", "s1/i1-", "-s1/i1", "s2/i1-s1/i1", "s1/i0-s1/i1", "s1/i1-s1/i1",
        "s1/i1-s2/i1-s3/i1",
        "s1/i1 - s2/i1", "s0-s1/i1", "s1:c2,c1/i1", "s1/i1;" + String(repeating: "a", count: 300),
    ])
    func otherTextIsRefused(_ text: String) {
        #expect(throws: ValidationError.self) { try Clearance(text) }
    }

    @Test func whatIsWrittenAboutAPrincipalIsAboveAllItReads() throws {
        for text in ["s1/i1", "s0/i2-s3:c0,c5/i0", "s2:c1020.c1022/i1"] {
            let clearance = try Clearance(text)
            #expect(clearance.auditLabel.dominates(clearance.high))
            #expect(clearance.auditLabel.categories.contains(SecurityLabel.auditCategory))
        }
        #expect(Clearance.default.auditLabel == .audit)
        // Its label fits a header, however long the clearance is.
        let even = (0..<50).map { "c\($0 * 2)" }.joined(separator: ",")
        let longest = try SecurityLabel(
            "s1:\(even)/i1;zz," + String(repeating: "z", count: 32))
        #expect(Clearance(longest).auditLabel.text.utf8.count <= ModelLimits.labelBytes)
    }
}
