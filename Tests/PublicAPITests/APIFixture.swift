import ContactServices
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceFakes
import Testing

@testable import PublicAPI

/// The routes over fake daemons.
struct APIFixture {
    let ledger = FakeLedger()
    let keeper = FakeKeeper()
    var edge = EdgeRules()

    /// - Parameter token: a role's name; nil: no credential.
    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = "enrichment-platform",
        headers: [String: String?] = [:], body: String? = nil
    ) async throws -> Reply {
        try await send(
            method, path, token: token, headers: headers, bytes: body.map { Array($0.utf8) })
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = "enrichment-platform",
        headers: [String: String?] = [:], bytes: [UInt8]?
    ) async throws -> Reply {
        var all = headers
        if bytes != nil, all["Content-Type"] == nil { all["Content-Type"] = "application/json" }
        let request = Sent(path, method, token: token, headers: all, body: bytes)
        return try await sendAll([request])[0]
    }

    /// One request of several to the same routes.
    struct Sent {
        let method: HTTPRequest.Method
        let path: String
        let fields: HTTPFields
        let body: [UInt8]?
        let peer: ClientPeer

        init(
            _ path: String, _ method: HTTPRequest.Method = .get,
            token: String? = "enrichment-platform", from address: String? = nil,
            certificate: ClientCertificate? = nil, headers: [String: String?] = [:],
            body: [UInt8]? = nil
        ) {
            self.method = method
            self.path = path
            self.body = body
            peer = ClientPeer(address: address, certificate: certificate)
            var all: [String: String?] = ["X-Purpose": "sales"]
            if let token { all["Authorization"] = "Bearer \(token)" }
            all.merge(headers) { $1 }
            var fields: HTTPFields = [:]
            for (name, value) in all {
                if let value, let name = HTTPField.Name(name) { fields[name] = value }
            }
            self.fields = fields
        }
    }

    func api() -> PublicAPI {
        PublicAPI(ledger: ledger, keeper: keeper, authority: FakeAuthority(), edge: edge)
    }

    /// - Parameter before: called with the number of each request.
    func sendAll(
        _ requests: [Sent], before: @Sendable (Int) -> Void = { _ in }
    ) async throws -> [Reply] {
        let api = api()
        await api.policies.refresh()
        let app = Application(router: api.router())
        return try await app.test(.router) { client in
            var replies: [Reply] = []
            for (index, request) in requests.enumerated() {
                before(index)
                replies.append(
                    try await ClientPeer.$current.withValue(
                        ClientPeer.Connection { request.peer }
                    ) {
                        try await client.execute(
                            uri: request.path, method: request.method, headers: request.fields,
                            body: request.body.map { ByteBuffer(bytes: $0) }
                        ) { Reply($0) }
                    })
            }
            return replies
        }
    }

    static let contact =
        #"{"email":"jane@example.com","fullName":"Jane Doe","consentType":"EXPLICIT_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales"]}"#

    func create(_ body: String = contact, headers: [String: String?] = [:]) async throws -> Reply {
        try await send(.post, "/api/v1/contacts", headers: headers, body: body)
    }

    /// `lines` to /mutations; the result lines.
    func mutate(_ lines: [String], headers: [String: String?] = [:]) async throws -> [JSONValue] {
        var headers = headers
        headers["Content-Type"] = "application/x-ndjson"
        let reply = try await send(
            .post, "/api/v1/mutations", headers: headers,
            body: lines.map { $0 + "\n" }.joined())
        try #require(reply.status == 200)
        return try reply.body.split(separator: UInt8(ascii: "\n")).map { try JSONReader.read($0) }
    }
}

struct Reply {
    let status: Int
    let headers: HTTPFields
    let body: [UInt8]

    init(_ response: TestResponse) {
        status = response.status.code
        headers = response.headers
        body = Array(response.body.readableBytesView)
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue? { try? JSONReader.read(body) }
    var code: String? { json?["code"]?.text }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

extension JSONValue {
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var number: UInt64? { if case .integer(let number) = self { number } else { nil } }
    var list: [JSONValue] { if case .array(let list) = self { list } else { [] } }
    var names: [String] { if case .object(let members) = self { members.map(\.name) } else { [] } }
}
