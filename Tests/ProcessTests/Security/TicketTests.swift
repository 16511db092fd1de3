import ContactModel
import Crypto
import Foundation
import ProcessBoundary
import Testing

extension ProcessTests.TakenOverGateway {
    /// A ticket for a contact that is there, as the keeper would grant it, but for the signature.
    private func forged() throws -> Data {
        let grant = TicketGrant(
            origin: "chancery.localhost", generation: 1, index: 0,
            subject: Data(repeating: 1, count: 16), enrichment: .random(), purpose: "sales",
            label: .default, vendor: "vendor-1", attempt: 1,
            expiresAt: Date(timeIntervalSinceNow: 300))
        let signature = try Curve25519.Signing.PrivateKey()
            .signature(for: TicketGrant.signedMessage(of: grant.body))
        func text(_ data: Data) -> String {
            data.base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
        }
        return Data("chancery-ticket/v1.\(text(grant.body)).\(text(signature))".utf8)
    }

    /// Ledger and keeper verify each ticket with the keeper's key, which a gateway does not have.
    @Test func itForgesNoTicket() async throws {
        let credential = try forged()
        try await withPeer { peer in
            for operation: WireLedgerRequest.OneOf_Operation in [
                .append(.with { $0.credential = credential }),
                .readContact(.with { $0.credential = credential }),
                .seal(.with { $0.credential = credential }),
            ] {
                let code = try await peer.refusal(operation)
                #expect(code == .unauthenticated)
            }
            for operation: WireKeeperRequest.OneOf_Operation in [
                .derive(.with { $0.credential = credential }),
                .encrypt(.with { $0.credential = credential }),
                .sealAddress(.with { $0.credential = credential }),
                .callbackTokens(.with { $0.credential = credential }),
            ] {
                let code = try await peer.refusal(operation)
                #expect(code == .unauthenticated)
            }
        }
        let reply = try await api.get(
            "/api/v1/audit", token: String(decoding: credential, as: UTF8.self))
        #expect(reply.status == 401, "\(reply.text)")
    }

    /// Nor is one given for an entry that asks for nothing of the kind.
    @Test func theReceiptOfAnotherEntryGivesNoTicket() async throws {
        let reply = try await api.create(
            email: "ticket-\(UUID().uuidString.lowercased())@example.com")
        let index = UInt64(try #require(reply.json?["receipt"]?["index"]?.number, "\(reply.text)"))
        try await withPeer { peer in
            let auditor = Data(api.auditor.utf8)
            let receipt = try await peer.ask(
                .receipt(
                    .with {
                        $0.credential = auditor
                        $0.index = index
                    })
            ).receipt.tlogProof
            let payload = try await peer.ask(
                .readEntry(
                    .with {
                        $0.credential = auditor
                        $0.index = index
                    })
            ).entry.payload
            #expect(!receipt.isEmpty && !payload.isEmpty)
            for (receipt, payload) in [(receipt, payload), (receipt, Data()), (Data(), payload)] {
                let ticket = try await peer.refusal(
                    .issueTicket(
                        .with {
                            $0.receipt = receipt
                            $0.payload = payload
                        }))
                #expect(ticket == .invalid)
                let tokens = try await peer.refusal(
                    .callbackTokens(
                        .with {
                            $0.credential = Data(api.platform.utf8)
                            $0.receipt = receipt
                            $0.payload = payload
                        }))
                #expect(tokens == .invalid)
            }
            let officers = try await peer.refusal(
                .callbackTokens(.with { $0.credential = Data(api.officer.utf8) }))
            #expect(officers == .forbidden)
        }
    }

    /// Whether somebody was erased is told to whoever brings people in, and to nobody who reads.
    @Test func onlyWhoBringsPeopleInLearnsWhoIsSuppressed() async throws {
        try await withPeer { peer in
            for (token, code) in [(api.platform, nil), (api.officer, WireFault.Code.forbidden)] {
                let found = try await peer.refusal(
                    .derive(
                        .with {
                            $0.credential = Data(token.utf8)
                            $0.suppressionInputs = [Data("ada@example.com".utf8)]
                        }))
                #expect(found == code)
            }
        }
    }
}
