import ContactModel
import ContactServices
import HTTPTypes
import Hummingbird

/// A refusal as HTTP: the problem document and the headers its kind calls for.
enum ProblemResponse {
    static func response(
        _ error: ServiceError, requestID: ContactModel.RequestID, allow: String? = nil
    ) -> Response {
        var headers: HTTPFields = [:]
        if let seconds = error.retryAfter { headers[.retryAfter] = String(seconds) }
        switch error.code {
        case .unauthenticated, .certificateMismatch, .certificateRequired:
            headers[.wwwAuthenticate] = #"Bearer realm="chancery", error="invalid_token""#
        case .forbidden:
            headers[.wwwAuthenticate] = #"Bearer realm="chancery", error="insufficient_scope""#
        // Others wait for a connection.
        case .overloaded: headers[.connection] = "close"
        default: break
        }
        if let allow { headers[.allow] = allow }
        return Problem(error, requestID: requestID).response(headers: headers)
    }
}
