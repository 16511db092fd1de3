import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// The gateway as a client sees it: HTTPS, the development CA, a bearer token.
struct API: Sendable {
    let base: String
    /// Of the fixture, where errors are kept to be looked over.
    private let directory: String
    let platform: String
    let auditor: String
    let operatorToken: String
    /// Of the data protection officer.
    let officer: String
    static let officerName = "process-dpo"
    /// Of who sets policies.
    let administrator: String
    private let client: HTTPClient
    private let identities: [Identity]

    struct Reply: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        var json: JSON? { JSON(body) }
        var text: String { String(decoding: body, as: UTF8.self) }
        /// One value per line of an NDJSON answer.
        var lines: [JSON] { body.split(separator: UInt8(ascii: "\n")).compactMap { JSON($0) } }
    }

    /// - Parameter connections: at once; more than the client's own default of 8 for a swarm of clients.
    init(_ home: TestHome, connections: Int = 8) throws {
        base = "https://localhost:\(home.port)"
        directory = home.directory
        platform = try home.token("enrichment-platform")
        auditor = try home.token("verifier", subject: "process-auditor")
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(home.root + "/pki/ca.pem"))
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(connections > 8 ? 120 : 5))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // Longer than the gateway's clients of a swarm take to connect, shorter than it keeps them.
        configuration.connectionPool.idleTimeout = .seconds(30)
        client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        identities = try [
            Identity(home, "operator", subject: "process-operator", configuration: configuration),
            Identity(home, "dpo", subject: Self.officerName, configuration: configuration),
            Identity(
                home, "administrator", subject: "process-administrator",
                configuration: configuration),
        ]
        (operatorToken, officer) = (identities[0].token, identities[1].token)
        administrator = identities[2].token
    }

    /// Whose certificate a token of ``officerName`` is bound to.
    var officerCertificate: String { "\(directory)/\(Self.officerName).pem" }

    /// Signed where that is needed.
    func signing(_ token: String?) -> Identity? { identities.first { $0.token == token } }

    func send(
        _ method: HTTPMethod, _ path: String, token: String?, headers: [String: String] = [:],
        body: [UInt8]? = nil, showsCertificate: Bool = true
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: path.hasPrefix("https://") ? path : base + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer " + token) }
        if let body {
            SentPeople.note(body, in: directory)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let identity = signing(token)
        if let identity, method == .DELETE || path.hasSuffix("/rotate") {
            let (input, signature) = try identity.signature(method.rawValue, path)
            request.headers.add(name: "Signature-Input", value: input)
            request.headers.add(name: "Signature", value: signature)
        }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let shown =
            showsCertificate
            ? token.flatMap { token in identities.first { $0.isBound(token) } } : nil
        let response = try await (shown?.client ?? client).execute(
            request, timeout: .seconds(120))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        LeakScan.answered(in: directory)
        // Of a bulk request each line may be an error.
        if response.status.code >= 400 || path == "/api/v1/mutations" {
            LeakScan.keep(Array(buffer: bytes), in: directory)
        }
        return Reply(
            status: Int(response.status.code), headers: response.headers, body: Array(buffer: bytes)
        )
    }

    func get(
        _ path: String, token: String? = nil, purpose: String = "sales"
    ) async throws -> Reply {
        try await send(.GET, path, token: token ?? platform, headers: ["X-Purpose": purpose])
    }

    /// POST /api/v1/contacts.
    func create(_ body: String, key: String? = nil, token: String? = nil) async throws -> Reply {
        var headers = ["Content-Type": "application/json", "X-Purpose": "sales"]
        headers["Idempotency-Key"] = key
        return try await send(
            .POST, "/api/v1/contacts", token: token ?? platform, headers: headers,
            body: Array(body.utf8))
    }

    func create(email: String, name: String = "Théodora Özdemir", key: String? = nil) async throws
        -> Reply
    {
        try await create(Self.contact(email: email, name: name), key: key)
    }

    static func contact(email: String, name: String = "Théodora Özdemir") -> String {
        #"{"email":"\#(email)","fullName":"\#(name)","consentType":"DOUBLE_OPT_IN","#
            + #""legalBasis":"GDPR_ART6_1A","purposeCodes":["sales","marketing"]}"#
    }

    /// PUT /api/v1/policies, signed by the administrator.
    ///
    /// - Parameter signed: what the signature is of; nil: of `text`.
    func set(policies text: String, signed: String? = nil) async throws -> Reply {
        let (input, signature) = try identities[2].signature(ofPolicies: signed ?? text)
        return try await send(
            .PUT, "/api/v1/policies", token: administrator,
            headers: [
                "Content-Type": "text/plain", "Signature-Input": input, "Signature": signature,
            ], body: Array(text.utf8))
    }

    func find(email: String, purpose: String = "sales") async throws -> Reply {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: ".-_")
        let query = email.addingPercentEncoding(withAllowedCharacters: allowed) ?? email
        return try await get("/api/v1/contacts?q=" + query, purpose: purpose)
    }

    /// POST /api/v1/mutations.
    func mutate(_ lines: [String], subject: String? = nil) async throws -> Reply {
        try await send(
            .POST, "/api/v1/mutations", token: subject ?? platform,
            headers: ["Content-Type": "application/x-ndjson", "X-Purpose": "sales"],
            body: Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    struct Stream: Sendable {
        /// Of the answer as a whole, if it was one.
        var refusal: Int?
        var lines: [JSON] = []
        /// The answer came to its end.
        var isWhole = false
    }

    /// POST /api/v1/mutations through a connection that may break: what was answered until then counts.
    func stream(_ lines: [String]) async -> Stream {
        var answer = Stream()
        var request = HTTPClientRequest(url: base + "/api/v1/mutations")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer " + platform)
        request.headers.add(name: "Content-Type", value: "application/x-ndjson")
        request.headers.add(name: "X-Purpose", value: "sales")
        request.body = .bytes(ByteBuffer(string: lines.joined(separator: "\n") + "\n"))
        guard let response = try? await client.execute(request, timeout: .seconds(60)) else {
            return answer
        }
        if response.status != .ok { answer.refusal = Int(response.status.code) }
        var bytes: [UInt8] = []
        do {
            for try await part in response.body { bytes += part.readableBytesView }
            answer.isWhole = true
        } catch {
            // Whatever came before is an answer; a line cut off is none.
        }
        guard answer.refusal == nil, let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
            return answer
        }
        answer.lines = bytes[...end].split(separator: UInt8(ascii: "\n")).compactMap { JSON($0) }
        return answer
    }

    func shutdown() async {
        try? await client.shutdown()
        for identity in identities { try? await identity.client.shutdown() }
    }
}

extension API.Reply {
    /// Contacts of a search answer, whether it is a list or wrapped in an object.
    var found: [JSON] {
        if let list = json?.array { return list }
        for name in ["contacts", "items", "results", "data"] {
            if let list = json?[name]?.array { return list }
        }
        return []
    }
}
