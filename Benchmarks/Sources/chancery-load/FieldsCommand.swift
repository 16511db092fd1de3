import ArgumentParser
import Foundation
import NIOPosix
import ProcessBoundary

/// Encrypts and decrypts over the keeper's own socket, as the gateway does: a batch is the fields of some contacts.
struct FieldsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fields",
        abstract: "Fields encrypted and decrypted by the keeper, over frames.")

    enum Direction: String, ExpressibleByArgument, Sendable { case encrypt, decrypt }

    @Option(help: "Data directory of a running Chancery.") var home: String
    @Option(help: "Bearer token, role enrichment-platform.") var token: String
    @Option(help: "encrypt or decrypt.") var direction = Direction.encrypt
    @Option(help: "Fields of one call.") var batch = 64
    @Option(help: "Fields of one contact, all under one subject key.") var perContact = 4
    @Option(help: "Contacts whose fields are asked for in turn.") var contacts = 1_024
    @Option(help: "Calls in flight at a time.") var inFlight = 8
    @Option(help: "Seconds to run.") var seconds = 10.0

    func run() async throws {
        let client = KeeperClient(
            socketPath: HomeLayout(home).keeperGatewaySocket,
            group: MultiThreadedEventLoopGroup.singleton)
        let credential = Data(token.utf8)
        let sealing = batches().map { items in
            var request = WireKeeperRequest()
            request.encrypt.credential = credential
            request.encrypt.items = items
            return request
        }
        // Draws the subjects' keys, too: what is measured finds them there.
        var opening: [WireKeeperRequest] = []
        for request in sealing {
            let values = try Self.sealed(try await client.call(request))
            var decrypt = WireKeeperRequest()
            decrypt.decrypt.credential = credential
            decrypt.decrypt.items = zip(request.encrypt.items, values).map { item, value in
                var sealed = WireSealedItem()
                sealed.binding = item.binding
                sealed.value = value
                return sealed
            }
            opening.append(decrypt)
        }
        let requests = direction == .encrypt ? sealing : opening
        let begin = ContinuousClock().now
        let latencies = try await withThrowingTaskGroup(of: Latencies.self) { tasks in
            for lane in 0..<inFlight {
                tasks.addTask { try await load(client, requests, from: lane, until: begin) }
            }
            return try await tasks.reduce(into: Latencies()) { $0.add(contentsOf: $1) }
        }
        try Figures(
            name: "\(direction.rawValue), \(batch) fields a call, \(inFlight) in flight",
            count: latencies.count * batch, seconds: elapsed(since: begin), latencies: latencies
        ).printLine()
        await client.shutdown()
    }

    private func load(
        _ client: KeeperClient, _ requests: [WireKeeperRequest], from lane: Int,
        until begin: ContinuousClock.Instant
    ) async throws -> Latencies {
        var latencies = Latencies()
        var next = lane
        while begin.duration(to: .now) < .seconds(seconds) {
            let start = ContinuousClock().now
            let response = try await client.call(requests[next % requests.count])
            switch direction {
            case .encrypt: _ = try Self.sealed(response)
            case .decrypt: try Self.checkOpened(response)
            }
            latencies.add(ContinuousClock().now - start)
            next += inFlight
        }
        return latencies
    }

    private func batches() -> [[WireEncryptItem]] {
        let fields = (0..<contacts).flatMap { _ in
            let (subject, entity) = (Data(randomBytes(16)), UUID().uuidString.lowercased())
            return (0..<perContact).map { number in
                var item = WireEncryptItem()
                item.binding.subject = subject
                item.binding.entity = entity
                item.binding.field = "field\(number)"
                item.binding.label = "s1/i1"
                item.plaintext = Data("Jane \(entity.prefix(8)) Doe".utf8)
                item.newSubject = true
                return item
            }
        }
        return stride(from: 0, to: fields.count - batch + 1, by: batch).map {
            Array(fields[$0..<$0 + batch])
        }
    }

    private static func sealed(_ response: WireKeeperResponse) throws -> [WireSealedValue] {
        guard case .encrypt(let reply) = response.result else {
            throw LoadError("not encrypted: \(response)")
        }
        return try reply.items.map { item in
            guard case .value(let value) = item.result else {
                throw LoadError("a field was not encrypted: \(item)")
            }
            return value
        }
    }

    private static func checkOpened(_ response: WireKeeperResponse) throws {
        guard case .decrypt(let reply) = response.result,
            reply.items.allSatisfy({ if case .plaintext = $0.result { true } else { false } })
        else { throw LoadError("not decrypted: \(response)") }
    }
}
