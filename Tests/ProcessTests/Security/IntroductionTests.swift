import ContactModel
import Foundation
import ProcessBoundary
import Testing

extension ProcessTests.TakenOverGateway {
    /// A contact as the gateway makes one, to be told lies about.
    private struct Draft {
        var label = "s1/i1"
        var creates = true
        var subject = Data((0..<16).map { _ in UInt8.random(in: 0...255) })
        var contactID = Data((0..<16).map { _ in UInt8.random(in: 0...255) })
        var entity = UUID().uuidString.lowercased()
        let email: String
        var index = Data()
        var values: [WireSealedValue] = []
        var introduction = Data()

        func mutation(_ payload: Data) -> WireMutation {
            .with {
                $0.subject = subject
                $0.createsSubject = creates
                $0.contactID = contactID
                $0.unique = [
                    .with {
                        $0.index = "email"
                        $0.value = index
                    }
                ]
                $0.introduction = introduction
                $0.entries = [
                    .with {
                        $0.stream = "contact"
                        $0.type = "ContactCreated"
                        $0.label = label
                        $0.payload = payload
                    }
                ]
            }
        }

        func mutation() throws -> WireMutation {
            let sealed = try values.map { try #require(EncryptedValue($0)) }
            return mutation(
                EventCoding.encode(
                    ContactCreated(
                        contactId: sealed[0], email: sealed[1], entity: entity, fullName: nil)))
        }
    }

    private func sealed(_ name: String, _ peer: DaemonPeer) async throws -> Draft {
        let token = Data(api.platform.utf8)
        var draft = Draft(email: "\(name)-\(UUID().uuidString.lowercased())@example.com")
        let drawn = draft
        let derived = try await peer.ask(
            .derive(
                .with {
                    $0.credential = token
                    $0.indexInputs = [
                        .with {
                            $0.field = "email"
                            $0.canonical = Data(drawn.email.utf8)
                        }
                    ]
                }))
        draft.index = try #require(derived.derive.indexValues.first)
        let reply = try await peer.ask(
            .encrypt(
                .with {
                    $0.credential = token
                    $0.items = [
                        ("contactId", drawn.contactID), ("email", Data(drawn.email.utf8)),
                    ].map { field, plaintext in
                        .with {
                            $0.binding.subject = drawn.subject
                            $0.binding.entity = drawn.entity
                            $0.binding.field = field
                            $0.binding.label = "s1/i1"
                            $0.plaintext = plaintext
                            $0.newSubject = true
                        }
                    }
                }))
        draft.values = reply.encrypt.items.map(\.value)
        draft.introduction = try #require(reply.encrypt.introductions.first).code
        return draft
    }

    /// Why the ledger refuses the whole append; nil: it does not.
    private func refusal(
        _ mutation: WireMutation, _ peer: DaemonPeer
    ) async throws -> WireFault.Code? {
        try await peer.refusal(
            .append(
                .with {
                    $0.credential = Data(api.platform.utf8)
                    $0.mutations = [mutation]
                    $0.audit.category = "DATA_MUTATION"
                    $0.audit.action = "contact.create"
                    $0.audit.resourceType = "contact"
                    $0.audit.outcome = "ALLOWED"
                    $0.audit.requestID = "taken-over"
                }))
    }

    /// Nobody opens them before a rebuild, which such a contact would stop, or an erasure, which would fail for it.
    @Test func noContactIsPlantedWhoseSealedIdOrAddressIsAnother() async throws {
        try await withPeer { peer in
            let right = try await sealed("planted", peer)
            let other = try await sealed("other", peer)
            var lies: [(String, Draft)] = []
            func lie(_ name: String, _ change: (inout Draft) -> Void) {
                var draft = right
                change(&draft)
                lies.append((name, draft))
            }
            lie("nobody's word") { $0.introduction = Data() }
            lie("made up") { $0.introduction = Data(count: 32) }
            lie("another's word") { $0.introduction = other.introduction }
            lie("another id") { $0.contactID = other.contactID }
            lie("another address") { $0.index = other.index }
            lie("another tag") { $0.subject = other.subject }
            lie("another's sealed id") { $0.values[0] = other.values[0] }
            lie("another's sealed address") { $0.values[1] = other.values[1] }
            lie("another entity") { $0.entity = other.entity }
            lie("another label") { $0.label = "s1/i0" }
            lie("no new contact") { $0.creates = false }
            lie("a damaged one") { $0.values[1].ciphertext[0] ^= 1 }
            for (name, draft) in lies {
                let code = try await refusal(draft.mutation(), peer)
                // A label outside the clearance is refused before.
                #expect(code == (name == "another label" ? .forbidden : .invalid), "\(name)")
            }
            // Nor behind one that it vouches for.
            var two = try right.mutation()
            two.entries += try other.mutation().entries
            let second = try await refusal(two, peer)
            #expect(second == .invalid)
            let unreadable = try await refusal(right.mutation(Data("{}".utf8)), peer)
            #expect(unreadable == .invalid)
            let code = try await refusal(right.mutation(), peer)
            #expect(code == nil)
            // There, without a consent.
            #expect(try await api.find(email: right.email).status == 403)
        }
    }
}
