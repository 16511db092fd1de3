import Foundation
import HTTPTypes
import Hummingbird

/// Responses of the kinds the routes give.
enum Reply {
    static func json(
        _ value: JSONValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        bytes(value.bytes, type: "application/json", status: status, headers: headers)
    }

    static func bytes(
        _ bytes: some Collection<UInt8>, type: String, status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        var buffer = ByteBuffer()
        buffer.writeBytes(bytes)
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: buffer))
    }
}
