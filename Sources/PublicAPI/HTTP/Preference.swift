import HTTPTypes
import Hummingbird

/// `Prefer: return=minimal` (RFC 7240, section 4.2): the client needs no representation of what it changed.
enum Preference {
    private static let minimal = "return=minimal"

    static func isMinimal(_ request: Request) -> Bool {
        request.headers[values: HeaderNames.prefer].contains { header in
            header.lowercased().split(separator: ",").contains { part in
                part.split(separator: ";").first.map { $0.filter { $0 != " " && $0 != "\"" } }
                    == minimal
            }
        }
    }

    /// The answer to a change: the whole of it, or its headers alone where the client prefers that.
    static func reply(
        to request: Request, _ value: JSONValue, status: HTTPResponse.Status = .ok,
        headers: HTTPFields
    ) -> Response {
        guard isMinimal(request) else {
            return Reply.json(value, status: status, headers: headers)
        }
        var headers = headers
        headers[HeaderNames.preferenceApplied] = minimal
        return Response(status: status == .ok ? .noContent : status, headers: headers)
    }
}
