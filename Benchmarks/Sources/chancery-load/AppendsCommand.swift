import AccessControl
import ArgumentParser
import ContactModel
import Foundation
import NIOPosix
import ProcessBoundary

/// Appends over the ledger's own socket, as the gateway makes them: chained, durable, signed, projected, audited.
///
/// Each is one mutation with an audit entry of its own, so that a single append writes two entries.
struct AppendsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "appends", abstract: "Appends through ledger and keeper, over frames.")

    @Option(help: "Data directory of a running Chancery.") var home: String
    @Option(help: "Bearer token, role enrichment-platform.") var token: String
    @Option(help: "Appends in flight at a time.") var inFlight = 64
    @Option(help: "Seconds to run.") var seconds = 10.0
    @Option(help: "Stop after so many appends (0: when the time is over).") var count = 0
    @Option(
        help:
            "create: a contact with a unique email and an idempotency key; event: a payload of 600 bytes."
    )
    var kind = AppendDraft.Kind.create
    @Option(help: "Mutations an append.") var mutations = 1

    func run() async throws {
        let layout = HomeLayout(home)
        let group = MultiThreadedEventLoopGroup.singleton
        let client = LedgerClient(socketPath: layout.ledgerGatewaySocket, group: group)
        let draft = AppendDraft(
            token: token, kind: kind, mutations: mutations,
            introductionKey: try await Self.introductionKey(layout, group))
        if kind == .event { try await draft.createSubject(client) }
        let clock = ContinuousClock()
        let begin = clock.now
        let deadline = begin + .seconds(seconds)
        let quota = count > 0 ? (count + inFlight - 1) / inFlight : Int.max
        var latencies = Latencies()
        var refused = 0
        var done = 0
        try await withThrowingTaskGroup(of: (Latencies, Int, Int).self) { tasks in
            for _ in 0..<inFlight {
                tasks.addTask {
                    var latencies = Latencies()
                    var (done, refused) = (0, 0)
                    while clock.now < deadline, done < quota {
                        let request = draft.request()
                        let start = clock.now
                        let response = try await client.call(request)
                        switch response.result {
                        case .append(let reply):
                            guard
                                reply.results.allSatisfy({
                                    if case .receipt = $0.result { true } else { false }
                                })
                            else { throw LoadError("a mutation was refused: \(reply)") }
                            latencies.add(clock.now - start)
                            done += mutations
                        case .fault(let fault) where fault.retryAfterMilliseconds > 0:
                            refused += 1
                            try await Task.sleep(
                                for: .milliseconds(Int(fault.retryAfterMilliseconds)))
                        default: throw LoadError("not an append: \(response)")
                        }
                    }
                    return (latencies, done, refused)
                }
            }
            for try await part in tasks {
                latencies.add(contentsOf: part.0)
                done += part.1
                refused += part.2
            }
        }
        try Figures(
            name: "appends \(kind.rawValue), \(inFlight) in flight", count: done,
            seconds: elapsed(since: begin), latencies: latencies, refused: refused
        ).printLine()
        await client.shutdown()
    }
}

extension AppendsCommand {
    /// On the ledger's own socket, which development leaves open to its user: contacts that the keeper did not seal need its word.
    private static func introductionKey(
        _ layout: HomeLayout, _ group: MultiThreadedEventLoopGroup
    ) async throws -> Data {
        let keeper = KeeperClient(socketPath: layout.keeperLedgerSocket, group: group)
        let reply = try await keeper.call(.with { $0.operation = .introductionKey(.init()) })
        await keeper.shutdown()
        guard case .introductionKey(let response) = reply.result else {
            throw LoadError("no key of introductions: \(reply)")
        }
        return response.key
    }
}

/// Builds appends. The sealed values are random bytes of the right shape: the ledger never can look into them, and a
/// rebuild would find them unreadable, so such a ledger is for measuring only.
struct AppendDraft: Sendable {
    enum Kind: String, ExpressibleByArgument, Sendable { case create, event }

    let token: Data
    let kind: Kind
    let mutations: Int
    private let subject = Data(randomBytes(16))
    private let introductionKey: Data

    init(token: String, kind: Kind, mutations: Int, introductionKey: Data) {
        self.introductionKey = introductionKey
        self.token = Data(token.utf8)
        self.kind = kind
        self.mutations = mutations
    }

    /// The one subject that events belong to.
    func createSubject(_ client: LedgerClient) async throws {
        let reply = try await client.call(
            request([create(subject: subject)], action: "contact.create"))
        guard case .append(let append) = reply.result, case .receipt = append.results.first?.result
        else { throw LoadError("no subject: \(reply)") }
    }

    func request() -> WireLedgerRequest {
        switch kind {
        case .create:
            request(
                (0..<mutations).map { _ in create(subject: Data(randomBytes(16))) },
                action: "contact.create")
        case .event: request((0..<mutations).map { _ in event() }, action: "provenance.record")
        }
    }

    private func request(_ mutations: [WireMutation], action: String) -> WireLedgerRequest {
        var append = WireAppendRequest()
        append.credential = token
        append.mutations = mutations
        append.audit.category = "DATA_MUTATION"
        append.audit.action = action
        append.audit.resourceType = "contact"
        append.audit.outcome = "ALLOWED"
        append.audit.purpose = "sales"
        append.audit.requestID = "load"
        append.audit.subject = mutations[0].subject
        var request = WireLedgerRequest()
        request.operation = .append(append)
        return request
    }

    private func create(subject: Data) -> WireMutation {
        var mutation = WireMutation()
        mutation.subject = subject
        mutation.createsSubject = true
        mutation.contactID = Data(randomBytes(16))
        var unique = WireUniqueValue()
        unique.index = "email"
        unique.value = Data(randomBytes(32))
        mutation.unique = [unique]
        var tag = WireIdempotencyTag()
        tag.key = Data(randomBytes(32))
        tag.request = Data(randomBytes(32))
        mutation.idempotency.days = [tag]
        mutation.nameWords = Data(randomBytes(4))
        let event = ContactCreated(
            contactId: sealed(16), email: sealed(28), entity: entity(), fullName: sealed(20))
        mutation.introduction = Introduction(
            subject: subject, contactID: mutation.contactID, email: unique.value,
            nameWords: mutation.nameWords, entity: event.entity, label: "s1/i1",
            sealedContactID: event.contactId, sealedEmail: event.email,
            sealedName: event.fullName
        ).code(under: introductionKey)
        mutation.entries = [
            entry(
                "contact", "ContactCreated",
                String(decoding: EventCoding.encode(event), as: UTF8.self))
        ]
        return mutation
    }

    private func event() -> WireMutation {
        var mutation = WireMutation()
        mutation.subject = subject
        let payload =
            Self.eventHead + hex(randomBytes(16)) + #"","salt":""#
            + Data(randomBytes(16)).base64EncodedString()
            + Self.eventTail
        mutation.entries = [entry("provenance", "ProvenanceRecorded", payload)]
        return mutation
    }

    private func entity() -> String {
        let digits = hex(randomBytes(16))
        var parts: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }

    /// Nine attributes; what follows is the provenance's id, the only thing that changes besides the salt.
    private static let eventHead: String = {
        let ids = (0..<9).map { _ in "\"\(UUID().uuidString.lowercased())\"" }
        return #"{"attributes":[\#(ids.joined(separator: ","))],"provenanceId":""#
    }()
    private static let eventTail =
        #"","sourceIdentity":"\#(String(repeating: "v", count: 90))","sourceType":"VENDOR"}"#

    private func entry(_ stream: String, _ type: String, _ payload: String) -> WireEntryDraft {
        var entry = WireEntryDraft()
        entry.stream = stream
        entry.type = type
        entry.label = "s1/i1"
        entry.payload = Data(payload.utf8)
        return entry
    }

    private func sealed(_ bytes: Int) -> EncryptedValue {
        let value = EncryptedValue(
            authTag: Data(randomBytes(16)), ciphertext: Data(randomBytes(bytes)),
            iv: Data(randomBytes(12)), keyId: "DEK-20260101")
        guard let value else { preconditionFailure("a sealed value of the right shape") }
        return value
    }
}

/// A load's filler, not a secret: one fast generator per call.
func randomBytes(_ count: Int) -> [UInt8] {
    var state = UInt64.random(in: .min ... .max)
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 24)
    }
}

func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
        for (position, byte) in bytes.enumerated() {
            buffer[position * 2] = digits[Int(byte >> 4)]
            buffer[position * 2 + 1] = digits[Int(byte & 15)]
        }
        return bytes.count * 2
    }
}
