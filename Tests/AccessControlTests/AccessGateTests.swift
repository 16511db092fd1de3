import ContactModel
import Foundation
import ProcessBoundary
import Testing

@testable import AccessControl

@Suite struct AccessGateTests {
    let issuer = TestIssuer()
    let gate: AccessGate

    init() throws { gate = AccessGate(try TestKeySet([issuer.jwk]).verifier()) }

    func credential(_ roles: [String]) throws -> Data {
        Data(try issuer.token(claims: ["roles": roles]).utf8)
    }

    /// Of a token that is bound to a client certificate.
    func boundCredential(_ roles: [String]) throws -> Data {
        let thumbprint = TestIssuer.base64URL(Data(repeating: 7, count: 32))
        return Data(
            try issuer.token(claims: ["roles": roles, "cnf": ["x5t#S256": thumbprint]]).utf8)
    }

    func refusal(_ request: WireLedgerRequest) async -> WireFault.Code? {
        do {
            _ = try await gate.admit(request)
            return nil
        } catch { return error.code }
    }

    func refusal(_ request: WireKeeperRequest, on socket: KeeperSocket) async -> WireFault.Code? {
        do {
            _ = try await gate.admit(request, on: socket)
            return nil
        } catch { return error.code }
    }

    func append(_ credential: Data, _ entries: [(String, String)]) -> WireLedgerRequest {
        .with {
            $0.append.credential = credential
            $0.append.mutations = [
                .with {
                    $0.entries = entries.map { stream, type in
                        .with {
                            $0.stream = stream
                            $0.type = type
                            $0.label = "s1/i1"
                        }
                    }
                }
            ]
        }
    }

    @Test func permittedRequestCarriesItsPrincipal() async throws {
        let token = try credential(["enrichment-platform"])
        let admitted = try await gate.admit(append(token, [("contact", "ContactCreated")]))
        #expect(admitted.operation == .append)
        #expect(admitted.principal?.subject == "platform-1")
        // The second time from the cache.
        #expect(await refusal(append(token, [("consent", "ConsentGranted")])) == nil)
    }

    @Test func publicOperationsNeedNobody() async throws {
        for operation: WireLedgerRequest.OneOf_Operation in [
            .tile(.init()), .publishedCheckpoint(.init()), .health(.init()),
        ] {
            let admitted = try await gate.admit(.with { $0.operation = operation })
            #expect(admitted.principal == nil)
        }
    }

    @Test func noCredentialAndBadCredentialAreUnauthenticated() async throws {
        #expect(await refusal(append(Data(), [("contact", "ContactCreated")])) == .unauthenticated)
        #expect(await refusal(append(Data("x".utf8), [])) == .unauthenticated)
        #expect(
            await refusal(.with { $0.encrypt = .init() }, on: .gateway) == .unauthenticated)
    }

    @Test func everyEntryOfAnAppendIsChecked() async throws {
        let token = try credential(["enrichment-platform", "operator", "dpo", "verifier"])
        for forbidden in [
            ("audit", "AuditEvent"), ("key", "KeyActivated"), ("segment", "SegmentSealed"),
            ("contact", "ConsentGranted"), ("policy", "PolicySetActivated"),
            ("dsr", "ErasureOrdered"),
        ] {
            let request = append(token, [("contact", "ContactCreated"), forbidden])
            #expect(await refusal(request) == .forbidden)
        }
    }

    /// Listed in the coded table, and for nothing else that is appended.
    @Test func onlyATrustedSubjectRelabels() async throws {
        let relabel = ("contact", "ContactRelabelled")
        let officer = try boundCredential(["dpo"])
        #expect(await refusal(append(officer, [relabel])) == nil)
        #expect(await refusal(append(officer, [relabel, relabel])) == .forbidden)
        #expect(await refusal(append(officer, [("contact", "AttributeEnriched")])) == .forbidden)
        #expect(await refusal(append(officer, [("consent", "ConsentGranted")])) == .forbidden)
        #expect(await refusal(.with { $0.relabel.credential = officer }, on: .gateway) == nil)
        #expect(await refusal(.with { $0.relabel.credential = officer }, on: .ledger) == .forbidden)
        let others = try boundCredential([
            "enrichment-platform", "operator", "auditor", "administrator", "marketing",
        ])
        #expect(await refusal(append(others, [relabel])) == .forbidden)
        #expect(await refusal(.with { $0.relabel.credential = others }, on: .gateway) == .forbidden)
    }

    /// Nor beside what else its holder may append.
    @Test func aTokenThatIsBoundToNoCertificateRelabelsNothing() async throws {
        let relabel = ("contact", "ContactRelabelled")
        let roles = ["dpo", "enrichment-platform"]
        let free = try credential(roles)
        #expect(await refusal(append(free, [relabel])) == .forbidden)
        #expect(
            await refusal(append(free, [("contact", "AttributeEnriched"), relabel])) == .forbidden)
        #expect(await refusal(append(free, [("contact", "AttributeEnriched")])) == nil)
        #expect(await refusal(.with { $0.relabel.credential = free }, on: .gateway) == .forbidden)
        let bound = try boundCredential(roles)
        #expect(await refusal(append(bound, [("contact", "AttributeEnriched"), relabel])) == nil)
        #expect(await refusal(.with { $0.relabel.credential = bound }, on: .gateway) == nil)
    }

    /// Placing one errs towards keeping; releasing one lets an erasure through.
    @Test func aTokenThatIsBoundToNoCertificateReleasesNoHold() async throws {
        let (placed, released) = (("dsr", "LegalHoldPlaced"), ("dsr", "LegalHoldReleased"))
        let free = try credential(["dpo"])
        #expect(await refusal(append(free, [placed])) == nil)
        #expect(await refusal(append(free, [released])) == .forbidden)
        #expect(await refusal(append(free, [placed, released])) == .forbidden)
        #expect(await refusal(append(try boundCredential(["dpo"]), [released])) == nil)
    }

    @Test func wrongRoleIsForbiddenAndMayStillBeAudited() async throws {
        let token = try credential(["no-such-role"])
        #expect(await refusal(append(token, [("contact", "ContactCreated")])) == .forbidden)
        #expect(await refusal(.with { $0.seal.credential = token }) == .forbidden)
        #expect(await refusal(.with { $0.correctClock.credential = token }) == .forbidden)
        #expect(await refusal(.with { $0.erase.credential = token }) == .forbidden)
        #expect(await refusal(.with { $0.setPolicy.credential = token }) == .forbidden)
        #expect(await refusal(.with { $0.readPolicy.credential = token }) == .forbidden)
        #expect(await refusal(.with { $0.append.credential = token }) == nil)
    }

    @Test func administratorsSetPoliciesWithASignatureAlone() async throws {
        let token = try credential(["administrator"])
        let set = WireLedgerRequest.with {
            $0.setPolicy.credential = token
            $0.setPolicy.text = Data("permit (principal, action, resource);".utf8)
        }
        await #expect {
            _ = try await gate.admit(set, at: SigningClient.origin)
        } throws: {
            ($0 as? WireFault)?.code == .signature
        }
        #expect(await refusal(.with { $0.readPolicy.credential = token }) == nil)
    }

    @Test func keeperOperationsStayOnTheirSockets() async throws {
        let token = try credential(["enrichment-platform"])
        let encrypt = WireKeeperRequest.with { $0.encrypt.credential = token }
        #expect(await refusal(encrypt, on: .gateway) == nil)
        #expect(await refusal(encrypt, on: .ledger) == .forbidden)
        let sign = WireKeeperRequest.with { $0.signTree = .init() }
        #expect(await refusal(sign, on: .ledger) == nil)
        #expect(await refusal(sign, on: .gateway) == .forbidden)
        let health = WireKeeperRequest.with { $0.health = .init() }
        for socket in KeeperSocket.allCases { #expect(await refusal(health, on: socket) == nil) }
    }

    /// Whoever reads needs a clearance that dominates the label of each value; what it does not is not there.
    @Test(arguments: [
        ("s1/i1", ["s1/i1"], true), ("s1/i1", [], true), ("s2/i0", ["s1/i1", "s2/i0"], true),
        ("s0/i1", ["s1/i1"], false), ("s1/i2", ["s1/i1"], false), ("s3/i0", ["s1:c3/i1"], false),
        ("s1/i1", ["s1/i1", "s2/i1"], false), ("s3/i0", ["s1/i1", "no label"], false),
    ])
    func valuesAboveTheClearanceAreNotDisclosed(
        _ clearance: String, _ labels: [String], _ isAllowed: Bool
    ) throws {
        let principal = SecurityPrincipal(
            subject: "x", roles: [.dpo], clearance: try Clearance(clearance), tokenID: "j",
            expiresAt: .distantFuture)
        var code: WireFault.Code?
        do {
            try AccessDecision.disclosure(of: labels, to: principal)
        } catch { code = error.code }
        #expect(code == (isAllowed ? nil : .notFound))
        #expect(throws: WireFault.self) {
            try AccessDecision.disclosure(of: ["s0/i2"], to: nil)
        }
    }

    /// Whoever writes stays between both ends of its clearance: on the ledger's socket by the entry, on the keeper's by the value.
    @Test(arguments: [
        ("s1/i1", ["s1/i1"], true), ("s1/i1", [], true),
        ("s0/i2-s2:c1/i1", ["s1/i1", "s0/i2"], true),
        ("s1/i1", ["s0/i1"], false), ("s1/i1", ["s2/i1"], false), ("s1/i1", ["s1/i2"], false),
        ("s1/i1-s2/i1", ["s1/i1", "s0/i1"], false), ("s1/i1", ["no label"], false),
    ])
    func nothingIsMadeOutsideTheClearance(
        _ clearance: String, _ labels: [String], _ isAllowed: Bool
    ) throws {
        let principal = SecurityPrincipal(
            subject: "x", roles: [.enrichmentPlatform], clearance: try Clearance(clearance),
            tokenID: "j", expiresAt: .distantFuture)
        let entries = labels.map { label in
            WireEntryDraft.with {
                $0.stream = "contact"
                $0.type = "AttributeEnriched"
                $0.label = label
            }
        }
        var codes: [WireFault.Code?] = []
        do {
            try AccessDecision.entries(entries, principal)
            codes.append(nil)
        } catch { codes.append(error.code) }
        do {
            try AccessDecision.creation(of: labels, by: principal)
            codes.append(nil)
        } catch { codes.append(error.code) }
        let expected: WireFault.Code? = isAllowed ? nil : .forbidden
        #expect(codes == [expected, expected])
    }

    @Test func requestWithoutOperationIsInvalid() async {
        #expect(await refusal(WireLedgerRequest()) == .invalid)
        #expect(await refusal(WireKeeperRequest(), on: .ledger) == .invalid)
    }

    @Test(arguments: LedgerOperation.allCases)
    func decisionFollowsTheTable(operation: LedgerOperation) {
        for role in Role.allCases {
            let principal = SecurityPrincipal(
                subject: "x", roles: [role], clearance: .default, tokenID: "j",
                expiresAt: .distantFuture)
            let allowed = (try? AccessDecision.ledger(operation, principal)) != nil
            #expect(allowed == Permits.allows(operation, roles: [role]))
        }
    }
}
