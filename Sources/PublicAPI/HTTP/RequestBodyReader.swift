import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

/// Collects a body within bounds.
enum RequestBodyReader {
    /// - Throws: `unsupported-media-type`, `too-large` above 1 MiB, `truncated-body` when the client went away.
    static func json(_ request: Request) async throws(ServiceError) -> Data {
        try requireType(request, ["application/json"])
        if let length = request.headers[.contentLength].flatMap(Int.init),
            length > APILimits.bodyBytes
        {
            throw tooLarge
        }
        var data = Data()
        var isTooLarge = false
        do {
            for try await chunk in request.body {
                guard data.count + chunk.readableBytes <= APILimits.bodyBytes else {
                    isTooLarge = true
                    break
                }
                data.append(contentsOf: chunk.readableBytesView)
            }
        } catch {
            throw ServiceError(.truncatedBody, "The body ended before all of it had come.")
        }
        if isTooLarge { throw tooLarge }
        return data
    }

    /// - Throws: `unsupported-media-type` unless the media type is one of `types`, without a charset but UTF-8.
    static func requireType(_ request: Request, _ types: [String]) throws(ServiceError) {
        let parts = (request.headers[.contentType] ?? "").lowercased().split(separator: ";")
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
}
