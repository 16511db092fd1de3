import ContactModel
import ContactServices
import HTTPTypes
import Hummingbird
import Logging

/// Around every request: its id and trace, its problems, its security headers, what is left of its quotas, its line in the access log.
///
/// The log names method, route template, status, code of a refusal, time, request and trace id; never a token, a body, a query or a path's values.
struct RequestMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    let routes: RouteTable
    let refusals: RefusalLog

    func handle(
        _ request: Request, context: GatewayContext,
        next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        if let raw = request.headers[HeaderNames.requestID] {
            do throws(ValidationError) {
                context.requestID = try ContactModel.RequestID(raw)
            } catch {
                context.requestIDError = error
            }
        }
        let trace = TraceContext(continuing: request.headers[HeaderNames.traceparent])
        var response: Response
        var refusal: ServiceError.Code?
        do {
            response = try await next(request, context)
        } catch let error as ServiceError {
            refusal = error.code
            if error.code == .rateLimited { refusals.note(error.code.rawValue) }
            response = ProblemResponse.response(error, requestID: context.requestID)
        } catch let error as HTTPError {
            response = unrouted(error, request, context)
        } catch {
            // Its type alone: a description might quote what was sent.
            context.logger.error(
                "request failed unexpectedly",
                metadata: [
                    "error": "\(type(of: error))", "requestId": "\(context.requestID.text)",
                ])
            response = ProblemResponse.response(.unexpected, requestID: context.requestID)
        }
        SecurityHeaders.write(&response.headers)
        response.headers[HeaderNames.requestID] = context.requestID.text
        response.headers[HeaderNames.traceparent] = trace.text
        context.account.write(&response.headers)
        let entry = LogEntry(
            method: routes.knownMethod(request.method), status: response.status.code,
            refusal: refusal, traceID: trace.traceID, start: start)
        if response.body.contentLength == nil {
            response.body = Self.logged(response.body, entry, context)
        } else {
            entry.write(context, outcome: nil)
        }
        return response
    }

    /// A stream's line is written at its end: only then it is known how it went.
    private static func logged(
        _ body: ResponseBody, _ entry: LogEntry, _ context: GatewayContext
    ) -> ResponseBody {
        ResponseBody { writer in
            do {
                try await body.write(writer)
            } catch {
                entry.write(context, outcome: "broken off")
                throw error
            }
            entry.write(context, outcome: "complete")
        }
    }

    private func unrouted(
        _ error: HTTPError, _ request: Request, _ context: GatewayContext
    ) -> Response {
        guard error.status == .notFound else {
            return ProblemResponse.response(.unexpected, requestID: context.requestID)
        }
        if let allowed = routes.methods(for: request.uri.path) {
            let error = ServiceError(
                .methodNotAllowed, "This resource takes \(allowed) only.")
            return ProblemResponse.response(error, requestID: context.requestID, allow: allowed)
        }
        let error = ServiceError(.notFound, "There is no such resource.")
        return ProblemResponse.response(error, requestID: context.requestID)
    }

    private struct LogEntry {
        let method: String
        let status: Int
        /// Tells, say, a token that was copied from one that is old.
        let refusal: ServiceError.Code?
        let traceID: String
        let start: ContinuousClock.Instant

        /// - Parameter outcome: of a stream, which begins with its status.
        func write(_ context: GatewayContext, outcome: String?) {
            var metadata: Logger.Metadata = [
                "method": "\(method)",
                "route": "\(context.endpointPath ?? "none")",
                "status": "\(status)",
                "ms": "\((ContinuousClock.now - start).milliseconds)",
                "requestId": "\(context.requestID.text)",
                "traceId": "\(traceID)",
            ]
            if let refusal { metadata["code"] = "\(refusal.rawValue)" }
            if let outcome { metadata["outcome"] = "\(outcome)" }
            context.logger.info("request", metadata: metadata)
        }
    }
}

extension ServiceError {
    static let unexpected = ServiceError(
        .internalError, "Something of ours went wrong; tell the operator, naming the request id.")
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
