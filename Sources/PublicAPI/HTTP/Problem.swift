import ContactModel
import ContactServices
import HTTPTypes
import Hummingbird

/// An RFC 9457 problem document.
struct Problem {
    let code: String
    let title: String
    let status: HTTPResponse.Status
    let detail: String
    let pointer: String?
    /// Where a text of lines is wrong.
    let position: TextPosition?
    /// Seconds; beside the header `Retry-After`, because lines of a bulk answer have no headers.
    let retryAfter: Int?
    let requestID: ContactModel.RequestID?

    init(_ error: ServiceError, requestID: ContactModel.RequestID?) {
        code = error.code.rawValue
        title = error.code.title
        status = error.code.status
        detail = error.detail
        pointer = error.pointer
        position = error.position
        retryAfter = error.retryAfter
        self.requestID = requestID
    }

    static let mediaType = "application/problem+json"

    var json: JSONValue {
        .fields([
            "type": .string("urn:chancery:problem:\(code)"),
            "title": .string(title),
            "status": .integer(UInt64(status.code)),
            "detail": .string(detail),
            "code": .string(code),
            "requestId": .text(requestID?.text),
            "pointer": .text(pointer),
            "line": position.map { .integer(UInt64($0.line)) },
            "column": position.map { .integer(UInt64($0.column)) },
            "retryAfter": retryAfter.map { .integer(UInt64(max($0, 0))) },
        ])
    }

    func response(headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = Self.mediaType
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}

extension ServiceError.Code {
    /// The one table from kinds of refusal to statuses.
    var status: HTTPResponse.Status {
        switch kind {
        case .malformed: .badRequest
        case .unprocessable: .unprocessableContent
        case .tooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .methodNotAllowed: .methodNotAllowed
        case .notAcceptable: .notAcceptable
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .preconditionFailed: .preconditionFailed
        case .preconditionRequired: .preconditionRequired
        case .failedDependency: HTTPResponse.Status(code: 424, reasonPhrase: "Failed Dependency")
        case .tooManyRequests: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .internal: .internalServerError
        }
    }

    /// `duplicate-email` → `Duplicate email`.
    var title: String {
        let words = rawValue.split(separator: "-").enumerated().map { index, word in
            switch word {
            case "json": "JSON"
            case "http": "HTTP"
            case "utf8": "UTF-8"
            case "id": "ID"
            default: index == 0 ? word.prefix(1).uppercased() + word.dropFirst() : String(word)
            }
        }
        return words.joined(separator: " ")
    }
}
