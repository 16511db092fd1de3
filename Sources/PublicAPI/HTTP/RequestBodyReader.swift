import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

/// Collects bodies within bounds: of one body, and of all that are being read or worked on.
struct RequestBodyReader: Sendable {
    private let budget: Budget

    init(budget: Budget = Budget(APILimits.bodiesBytes)) { self.budget = budget }

    /// Hands the body to `use`; the budget is held until that returns.
    ///
    /// - Throws: `unsupported-media-type`, `too-large` above 1 MiB, `overloaded` when all bodies together are too much,
    ///   `truncated-body` when the client went away; and what `use` throws.
    func json<Value>(_ request: Request, _ use: (Data) async throws -> Value) async throws -> Value
    {
        try Self.requireType(request, ["application/json"])
        let length = request.headers[.contentLength].flatMap(Int.init) ?? 0
        guard length <= APILimits.bodyBytes else { throw Self.tooLarge }
        guard let share = budget.share(of: max(length, 0)) else { throw Self.overloaded }
        let data = try await collect(request, announced: max(length, 0), share)
        let value = try await use(data)
        withExtendedLifetime(share) {}
        return value
    }

    private func collect(
        _ request: Request, announced: Int, _ share: Budget.Share
    ) async throws(ServiceError) -> Data {
        var data = Data(capacity: announced)
        var refusal: ServiceError?
        do {
            for try await chunk in request.body {
                let before = data.count
                data.append(contentsOf: chunk.readableBytesView)
                guard data.count <= APILimits.bodyBytes else {
                    refusal = Self.tooLarge
                    break
                }
                let more = data.count - max(before, announced)
                guard more <= 0 || share.grow(by: more) else {
                    refusal = Self.overloaded
                    break
                }
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

    private static let overloaded = ServiceError(
        .overloaded, "Too many large requests are being worked on; try again shortly.",
        retryAfter: 1)
}
