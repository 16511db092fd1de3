import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

/// Collects bodies within bounds: of one body, and of all that are being read or worked on.
struct RequestBodyReader: Sendable {
    private let budget: Budget
    private let deadline: Duration

    init(
        budget: Budget = Budget(APILimits.bodiesBytes),
        deadline: Duration = APILimits.bodyDeadline
    ) {
        self.budget = budget
        self.deadline = deadline
    }

    /// Hands the body to `use`; the budget is held until that returns. Charged is what has come: what is only announced
    /// holds no memory, and whoever announces much and sends little must not keep others out.
    ///
    /// - Throws: `unsupported-media-type`, `too-large` above 1 MiB, `overloaded` when all bodies together are too much,
    ///   `truncated-body` when the client went away or is too slow; and what `use` throws.
    func json<Value>(_ request: Request, _ use: (Data) async throws -> Value) async throws -> Value
    {
        try await body(request, of: ["application/json"], use)
    }

    /// The same for a body of one of these media types.
    func body<Value>(
        _ request: Request, of types: [String], _ use: (Data) async throws -> Value
    ) async throws -> Value {
        try Self.requireType(request, types)
        let length = request.headers[.contentLength].flatMap(Int.init) ?? 0
        guard length <= APILimits.bodyBytes else { throw Self.tooLarge }
        guard let share = budget.share(of: 0) else { throw Self.overloaded }
        let data = try await collect(request, share)
        let value = try await use(data)
        withExtendedLifetime(share) {}
        return value
    }

    private func collect(
        _ request: Request, _ share: Budget.Share
    ) async throws(ServiceError) -> Data {
        var data = Data()
        var refusal: ServiceError?
        let start = ContinuousClock.now
        do {
            for try await chunk in request.body {
                // Asked at each part, as a connection on which none comes is closed by the server.
                if start.duration(to: .now) > deadline {
                    refusal = Self.tooSlow
                } else if data.count + chunk.readableBytes > APILimits.bodyBytes {
                    refusal = Self.tooLarge
                } else if !share.grow(by: chunk.readableBytes) {
                    refusal = Self.overloaded
                }
                if refusal != nil { break }
                data.append(contentsOf: chunk.readableBytesView)
            }
        } catch {
            throw ServiceError(.truncatedBody, "The body ended before all of it had come.")
        }
        if let refusal { throw refusal }
        return data
    }

    /// - Throws: `unsupported-media-type` unless the media type is one of `types`, without a charset but UTF-8.
    static func requireType(_ request: Request, _ types: [String]) throws(ServiceError) {
        let header = request.headers[.contentType] ?? ""
        if types.contains(header) { return }
        let parts = header.lowercased().split(separator: ";")
            .map { $0.filter { $0 != " " && $0 != "\"" } }
        guard let type = parts.first, types.contains(type),
            parts.dropFirst().allSatisfy({ $0 == "charset=utf-8" })
        else {
            throw ServiceError(
                .unsupportedMediaType,
                "Send the body as \(types.joined(separator: " or ")), in UTF-8.")
        }
    }

    private static let tooLarge = ServiceError(
        .tooLarge, "The body is larger than \(APILimits.bodyBytes) bytes; send less at a time.")

    private static let tooSlow = ServiceError(
        .truncatedBody,
        "The body did not come within \(APILimits.bodyDeadline.components.seconds) seconds; send it again."
    )

    private static let overloaded = ServiceError(
        .overloaded, "Too many large requests are being worked on; try again shortly.",
        retryAfter: 1)
}
