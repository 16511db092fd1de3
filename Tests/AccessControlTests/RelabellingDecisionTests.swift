import ContactModel
import Foundation
import ProcessBoundary
import Testing

@testable import AccessControl

/// What the keeper decides of a value that is to be sealed under another label.
@Suite struct RelabellingDecisionTests {
    private static let labels = ["s0", "s1", "s2"].flatMap { level in
        ["", ":c0"].flatMap { categories in
            ["i0", "i1", "i2"].map { "\(level)\(categories)/\($0)" }
        }
    }

    private func principal(_ clearance: Clearance) -> SecurityPrincipal {
        SecurityPrincipal(
            subject: "officer", roles: [.dpo], clearance: clearance, tokenID: "t",
            expiresAt: .distantFuture)
    }

    private func refusal(
        _ labels: [String], _ new: String, _ principal: SecurityPrincipal?
    ) -> WireFault.Code? {
        do {
            try AccessDecision.relabelling(of: labels, to: new, by: principal)
            return nil
        } catch { return error.code }
    }

    /// Level, compartment and integrity as numbers that grow with secrecy and with trust, read from the text alone.
    private static func parts(_ text: String) -> (level: Int, compartment: Int, trust: Int) {
        let digits = text.filter(\.isNumber).compactMap(\.wholeNumberValue)
        return (digits[0], text.contains(":") ? 1 : 0, digits[digits.count - 1])
    }

    @Test func everyPairAndRangeOfASmallLatticeIsDecidedAsTheReferenceSays() throws {
        for low in Self.labels {
            for high in Self.labels {
                guard
                    let clearance = try? Clearance(
                        low: SecurityLabel(low), high: SecurityLabel(high))
                else { continue }
                let officer = principal(clearance)
                let (bottom, top) = (Self.parts(low), Self.parts(high))
                func isWithin(_ text: String) -> Bool {
                    let label = Self.parts(text)
                    return (bottom.level...top.level).contains(label.level)
                        && (bottom.compartment...top.compartment).contains(label.compartment)
                        && (top.trust...bottom.trust).contains(label.trust)
                }
                for old in Self.labels {
                    let from = Self.parts(old)
                    let isSeen =
                        from.level <= top.level && from.compartment <= top.compartment
                        && from.trust >= top.trust
                    for new in Self.labels {
                        let to = Self.parts(new)
                        let keeps = to.level >= from.level && to.compartment >= from.compartment
                        let expected: WireFault.Code? =
                            !isSeen
                            ? .notFound
                            : isWithin(old) && isWithin(new) && keeps ? nil : .forbidden
                        if refusal([old], new, officer) != expected {
                            Issue.record("\(old) to \(new) by \(clearance)")
                        }
                    }
                }
            }
        }
    }

    @Test func eachValueCounts() throws {
        let officer = principal(try Clearance("s0/i2-s2/i1"))
        #expect(refusal(["s1/i1", "s1/i2", "s0/i1"], "s2/i1", officer) == nil)
        #expect(refusal(["s1/i1", "s3/i1"], "s2/i1", officer) == .notFound)
        #expect(refusal(["s1/i1", "s2/i1"], "s1/i1", officer) == .forbidden)
        #expect(refusal(["s1/i1", "nonsense"], "s2/i1", officer) == .notFound)
        #expect(refusal(["s1/i1"], "nonsense", officer) == .invalid)
        #expect(refusal(["s1/i1"], "s2/i1", nil) == .notFound)
    }
}
