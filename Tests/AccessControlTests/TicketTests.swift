import ContactModel
import Crypto
import Foundation
import ProcessBoundary
import Testing

@testable import AccessControl

/// A ticket is the keeper's, of this log, in time, and reaches one contact for what its kind is for.
@Suite struct TicketTests {
    let key = Curve25519.Signing.PrivateKey()
    let gate: AccessGate
    static let origin = "chancery.test"
    static let now = Date(timeIntervalSince1970: TestIssuer.now)
    static let subject = Data(repeating: 3, count: 16)

    init() throws { gate = AccessGate(try TestKeySet([TestIssuer().jwk]).verifier()) }

    var authority: TicketAuthority {
        TicketAuthority(origin: Self.origin, key: key.publicKey.rawRepresentation)
    }

    func grant(
        vendor: String? = nil, origin: String = TicketTests.origin,
        expiresIn seconds: Double = 600, label: String = "s1/i1"
    ) throws -> TicketGrant {
        TicketGrant(
            origin: origin, generation: 1, index: 41, subject: Self.subject,
            enrichment: try EntityID("3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"), purpose: "sales",
            label: try SecurityLabel(label), vendor: vendor, attempt: vendor == nil ? 0 : 1,
            expiresAt: Self.now.addingTimeInterval(seconds))
    }

    func bytes(
        _ grant: TicketGrant, by key: Curve25519.Signing.PrivateKey? = nil
    ) throws -> Data {
        let message = TicketGrant.signedMessage(of: grant.body)
        return SignedTicket(grant, signature: try (key ?? self.key).signature(for: message)).bytes
    }

    func refusal(_ credential: Data, at now: Date = TicketTests.now) -> AuthenticationError.Code? {
        do {
            _ = try SignedTicket.verify(credential, by: authority, at: now)
            return nil
        } catch { return error.code }
    }

    func refusal(_ request: WireLedgerRequest) async -> WireFault.Code? {
        do {
            _ = try await gate.admit(request, tickets: authority)
            return nil
        } catch { return error.code }
    }

    func refusal(
        _ request: WireKeeperRequest, on socket: KeeperSocket = .gateway
    ) async -> WireFault.Code? {
        do {
            _ = try await gate.admit(request, on: socket, tickets: authority)
            return nil
        } catch { return error.code }
    }

    @Test(arguments: [nil, "vendor-a"])
    func aGoodTicketSpeaksForItsEntryAndHasNoRole(vendor: String?) throws {
        let grant = try grant(vendor: vendor, label: "s2:c3/i0")
        let principal = try SignedTicket.verify(bytes(grant), by: authority, at: Self.now)
        #expect(principal.ticket == grant)
        #expect(principal.subject == "ticket:1.41" && principal.roles.isEmpty)
        #expect(principal.clearance.description == "s2:c3/i0")
        #expect(principal.certificateThumbprint == nil && principal.expiresAt == grant.expiresAt)
    }

    /// Whichever byte: of the name, the body, the signature.
    @Test func noAlteredTicketCounts() throws {
        let good = try bytes(grant(vendor: "vendor-a"))
        #expect(refusal(good) == nil)
        for position in good.indices {
            for change in [UInt8(1), 2, 0x20] {
                var altered = good
                altered[position] ^= change
                #expect(refusal(altered) != nil, "byte \(position)")
            }
        }
        for altered in [
            Data(), good.dropLast(), good + Data("A".utf8), good + Data("=".utf8),
            good + Data(".".utf8), Data("x".utf8) + good,
            Data(repeating: UInt8(ascii: "A"), count: 100_000),
            Data("chancery-ticket/v1.".utf8) + Data(repeating: UInt8(ascii: "A"), count: 100_000),
        ] {
            #expect(refusal(Data(altered)) != nil)
        }
    }

    /// What is signed is what is written, in the one way that there is.
    @Test func aBodyThatIsWrittenOtherwiseIsNone() throws {
        let body = String(decoding: try grant(vendor: "v").body, as: UTF8.self)
        #expect(try TicketGrant(body: Data(body.utf8)) == grant(vendor: "v"))
        for other in [
            " " + body, body + " ", body.replacing("\"attempt\":1", with: "\"attempt\":01"),
            body.replacing("3f2b8c1e", with: "3F2B8C1E"),
            body.replacing("s1/i1", with: "s1/i1;"), body.replacing("\"vendor\":\"v\"", with: ""),
            body.replacing("}", with: ",\"x\":1}"), "{}", "",
        ] {
            #expect(throws: PayloadError.self, "\(other)") {
                try TicketGrant(body: Data(other.utf8))
            }
        }
        let long = TicketGrant(
            origin: String(repeating: "o", count: 5_000), generation: 1, index: 1,
            subject: Self.subject, enrichment: .random(), purpose: "p", label: .default,
            vendor: nil, attempt: 0, expiresAt: Self.now)
        #expect(throws: PayloadError.self) { try TicketGrant(body: long.body) }
    }

    @Test func theSignatureIsTheKeepersForATicketAndNothingElse() throws {
        let grant = try grant()
        #expect(refusal(try bytes(grant, by: .init())) == .signature)
        // Of the same bytes without the domain, as any other signature of the key is.
        let bare = SignedTicket(grant, signature: try key.signature(for: grant.body)).bytes
        #expect(refusal(bare) == .signature)
        let zero = SignedTicket(grant, signature: Data(count: 64)).bytes
        #expect(refusal(zero) == .signature)
    }

    @Test func anotherLogsTicketAndOneThatHasExpiredAreRefused() throws {
        #expect(refusal(try bytes(grant(origin: "chancery.test/g2"))) == .issuer)
        let good = try bytes(grant(expiresIn: 600))
        #expect(refusal(good, at: Self.now.addingTimeInterval(599)) == nil)
        #expect(refusal(good, at: Self.now.addingTimeInterval(600)) == .expired)
        #expect(refusal(try bytes(grant(expiresIn: 0))) == .expired)
        // The clock was set back: no ticket lives an hour.
        #expect(refusal(good, at: Self.now.addingTimeInterval(-3_600)) == .lifetime)
    }

    /// Whoever issues tokens writes in nobody's name but their own.
    @Test(arguments: ["ticket:1.41", "ticket:1.0", "ticket:"])
    func aTokenThatCallsItselfATicketIsRefused(sub: String) async throws {
        let issuer = TestIssuer()
        let verifier = try TestKeySet([issuer.jwk]).verifier()
        let token = try issuer.token(claims: ["sub": sub])
        await #expect {
            _ = try await verifier.verify(token)
        } throws: {
            ($0 as? AuthenticationError)?.code == .subject
        }
        let other = try issuer.token(claims: ["sub": "tickets"])
        #expect(try await verifier.verify(other).subject == "tickets")
    }

    @Test func aGateThatKnowsNoKeyYetTakesNone() async throws {
        let credential = try bytes(grant())
        await #expect {
            _ = try await gate.admit(.with { $0.readContact.credential = credential })
        } throws: {
            ($0 as? WireFault)?.code == .unavailable
        }
        #expect(await refusal(.with { $0.readContact.credential = credential }) == nil)
        let forged = try bytes(grant(), by: .init())
        #expect(
            await refusal(.with { $0.readContact.credential = forged }) == .unauthenticated)
        #expect(
            await refusal(.with { $0.sealAddress.credential = forged }) == .unauthenticated)
    }

    func append(
        _ credential: Data, _ type: String, subject: Data = TicketTests.subject,
        stream: String = "contact", label: String = "s1/i1", creates: Bool = false,
        audit: Data = Data(), attempt: Int = 1, vendor: String = "vendor-a",
        enrichment: String? = nil
    ) -> WireLedgerRequest {
        .with {
            $0.append.credential = credential
            $0.append.audit.subject = audit
            $0.append.audit.resourceType = "enrichment"
            $0.append.mutations = [
                .with { mutation in
                    mutation.subject = subject
                    mutation.createsSubject = creates
                    mutation.entries = [
                        .with {
                            $0.stream = stream
                            $0.type = type
                            $0.label = label
                            $0.payload = EventCoding.encode(
                                EnrichmentReceived(
                                    attempt: attempt, attributes: [],
                                    enrichmentId: enrichment
                                        ?? "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c",
                                    outcome: .noData, provenance: nil,
                                    salt: Data(count: 16), vendor: vendor))
                        }
                    ]
                }
            ]
        }
    }

    /// One token answers for nobody but its vendor, and for no attempt but its own.
    @Test func aVendorsTicketIsForItsAnswerAlone() async throws {
        let receive = try bytes(grant(vendor: "vendor-a"))
        let type = "EnrichmentReceived"
        #expect(await refusal(append(receive, type)) == nil)
        for refused in [
            append(receive, type, vendor: "vendor-b"), append(receive, type, attempt: 2),
            append(receive, type, enrichment: EntityID.random().text),
        ] {
            #expect(await refusal(refused) == .forbidden)
        }
        var unreadable = append(receive, type)
        unreadable.append.mutations[0].entries[0].payload = Data("{}".utf8)
        #expect(await refusal(unreadable) == .forbidden)
        // Nor does it write of others, or of other things, in the audit trail.
        var audit = append(receive, type)
        audit.append.audit.subjects = [Data(repeating: 4, count: 16)]
        #expect(await refusal(audit) == .forbidden)
        audit = append(receive, type)
        audit.append.audit.resourceType = "contact"
        #expect(await refusal(audit) == .forbidden)
    }

    @Test func whatIsAppendedIsOfTheTicketsContactKindAndLabel() async throws {
        let advance = try bytes(grant())
        let receive = try bytes(grant(vendor: "vendor-a"))
        let other = Data(repeating: 4, count: 16)
        #expect(await refusal(append(advance, "EnrichmentMerged")) == nil)
        #expect(await refusal(append(receive, "EnrichmentReceived")) == nil)
        #expect(await refusal(append(advance, "EnrichmentReceived")) == .forbidden)
        #expect(await refusal(append(receive, "EnrichmentMerged")) == .forbidden)
        for (credential, type) in [
            (advance, "EnrichmentMerged"), (receive, "EnrichmentReceived"),
        ] {
            for refused in [
                append(credential, type, subject: other), append(credential, type, subject: Data()),
                append(credential, type, label: "s0/i1"), append(credential, type, label: "s2/i1"),
                append(credential, type, label: "s1/i0"), append(credential, type, creates: true),
                append(credential, type, stream: "dsr"), append(credential, type, audit: other),
                append(credential, "EnrichmentRequested"), append(credential, "ContactCreated"),
                append(credential, "ContactRelabelled"),
                append(credential, "SharingRecorded", stream: "sharing"),
                append(credential, "DSRReceived", stream: "dsr"),
            ] {
                #expect(await refusal(refused) == .forbidden)
            }
            // Beside one that is.
            var two = append(credential, type)
            two.append.mutations += append(credential, type, subject: other).append.mutations
            #expect(await refusal(two) == .forbidden)
            var none = append(credential, type)
            none.append.mutations = []
            #expect(await refusal(none) == nil)
            #expect(await refusal(append(credential, type, audit: Self.subject)) == nil)
        }
    }

    @Test func whatIsEncryptedIsOfTheTicketsContactAndOfAVendorsAnswer() async throws {
        func encrypt(
            _ credential: Data, _ change: (inout WireEncryptItem) -> Void = { _ in }
        ) -> WireKeeperRequest {
            .with {
                $0.encrypt.credential = credential
                var item = WireEncryptItem.with {
                    $0.binding.subject = Self.subject
                    $0.binding.field = "value"
                    $0.binding.label = "s1/i1"
                }
                let good = item
                change(&item)
                $0.encrypt.items = [good, item]
            }
        }
        let receive = try bytes(grant(vendor: "vendor-a"))
        #expect(await refusal(encrypt(receive)) == nil)
        #expect(
            await refusal(encrypt(receive) { $0.binding.field = "attributedDataSalt" }) == nil)
        for change: (inout WireEncryptItem) -> Void in [
            { $0.binding.subject = Data(repeating: 4, count: 16) }, { $0.newSubject = true },
            { $0.binding.field = "email" }, { $0.binding.field = "contactId" },
            { $0.binding.field = "fullName" }, { $0.binding.label = "s0/i1" },
            { $0.binding.label = "s1/i2" },
        ] {
            #expect(await refusal(encrypt(receive, change)) == .forbidden)
        }
        #expect(await refusal(encrypt(receive), on: .ledger) == .forbidden)
        let advance = try bytes(grant())
        #expect(await refusal(encrypt(advance)) == .forbidden)
        #expect(await refusal(.with { $0.derive.credential = advance }) == .forbidden)
        #expect(await refusal(.with { $0.sealAddress.credential = advance }) == nil)
        #expect(await refusal(.with { $0.derive.credential = receive }) == nil)
        for credential in [advance, receive] {
            #expect(await refusal(.with { $0.decrypt.credential = credential }) == .forbidden)
            #expect(await refusal(.with { $0.relabel.credential = credential }) == .forbidden)
            #expect(
                await refusal(.with { $0.callbackTokens.credential = credential }) == .forbidden)
            #expect(
                await refusal(.with { $0.authorizeErasure.credential = credential }, on: .ledger)
                    == .forbidden)
        }
    }

    /// Whoever is found by an address that a vendor gave, say.
    @Test func aTicketFindsItsOwnContactAndNobodyElse() throws {
        let ticket = SecurityPrincipal(try grant(vendor: "vendor-a"))
        let other = Data(repeating: 4, count: 16)
        func code(_ subject: Data, _ principal: SecurityPrincipal) -> WireFault.Code? {
            do {
                try AccessDecision.found(subject, for: principal)
                return nil
            } catch { return error.code }
        }
        #expect(code(Self.subject, ticket) == nil)
        #expect(code(other, ticket) == .notFound)
        #expect(code(Data(), ticket) == .notFound)
        let person = SecurityPrincipal(
            subject: "x", roles: [.dpo], clearance: .default, tokenID: "j",
            expiresAt: .distantFuture)
        #expect(code(other, person) == nil)
    }
}
