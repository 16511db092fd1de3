public import Glibc
public import Logging
public import NIOCore
import NIOPosix
import SwiftProtobuf

/// Answers calls on a UNIX socket, from processes of one user: the one that the socket's file belongs to. Root, who could be that
/// user, is let in, too.
///
/// - Each request runs in a task of its own, on the connection's event loop (``EventLoopExecutor``); replies go out in the
///   order they are ready.
/// - A request that does not parse, or holds more elements than its limits allow, is answered with `INVALID`, a reply
///   that does not fit in a frame with `INTERNAL`.
/// - Malformed or oversized frames, half frames and peers that do not read end their connection, with a log line.
public final class FrameServer<Request: BoundedRequest, Response: FaultCarryingResponse>: Sendable {
    private let listener: any Channel
    private let connections: ServerConnections
    private let limits: FrameLimits

    private init(
        _ listener: any Channel, _ connections: ServerConnections, _ limits: FrameLimits
    ) {
        self.listener = listener
        self.connections = connections
        self.limits = limits
    }

    /// Binds, or takes the socket that the service manager bound, and begins to answer. A socket file that is made here gets mode
    /// 0600.
    ///
    /// A socket file that a killed process left behind is replaced; one that somebody answers on is not.
    /// - Parameters:
    ///   - inherited: a socket that listens at `socketPath` already; its file is left alone.
    ///   - allowedUIDs: connections of any other user are closed unanswered; nil: the file's owner and root.
    ///   - logger: refusals and broken connections; pass one that discards for a process that must not log.
    /// - Throws: ``FrameServerError``
    public static func start(
        socketPath: String, inherited: CInt? = nil, group: any EventLoopGroup,
        allowedUIDs: Set<uid_t>? = nil,
        limits: FrameLimits = .standard, logger: Logger = Logger(label: "frames"),
        handler: @escaping @Sendable (Request) async -> Response
    ) async throws(FrameServerError) -> FrameServer {
        if let contradiction = limits.contradiction() {
            throw FrameServerError(code: .cannotBind, message: "bad limits: \(contradiction)")
        }
        if inherited == nil { try await SocketFile.makeWay(at: socketPath, group: group) }
        let callers = try SocketFile.callers(at: socketPath, inherited: inherited)
        let connections = ServerConnections(max: limits.maxConnections)
        let admission = Admission(
            allowedUIDs: allowedUIDs ?? callers,
            connections: connections, limits: limits, logger: logger,
            exchange: Self.exchange(handler, limits))
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(
                    low: limits.writeBufferHighWaterMark / 4, high: limits.writeBufferHighWaterMark)
            )
            .childChannelInitializer { admission.admit($0) }
        do {
            let listener =
                if let inherited {
                    try await bootstrap.withBoundSocket(inherited).get()
                } else {
                    try await SocketFile.bind(bootstrap, at: socketPath)
                }
            return FrameServer(listener, connections, limits)
        } catch {
            throw FrameServerError(
                code: .cannotBind, message: "cannot listen on \(socketPath): \(error)")
        }
    }

    /// Returns when the event loop that takes its connections has had a turn.
    public func turn() async { try? await listener.eventLoop.submit {}.get() }

    /// Accepts nothing more, answers what was read, closes; at the latest after `limits.drainTimeout`. Removes the
    /// socket file that it made.
    public func close() async {
        // Takes the socket file along, where that may be removed; one that was inherited stays with the service manager.
        try? await listener.close()
        await connections.drain(within: limits.drainTimeout)
    }

    private static func exchange(
        _ handler: @escaping @Sendable (Request) async -> Response, _ limits: FrameLimits
    ) -> FrameServerHandler.Exchange {
        { body in
            let response: Response
            switch parse(body, limits) {
            case .success(let request): response = await handler(request)
            case .failure(let fault): response = Response(fault: fault)
            }
            if let bytes: [UInt8] = try? response.serializedBytes(),
                bytes.count <= limits.maxBodyBytes
            {
                return bytes
            }
            let fault = Response(
                fault: WireFault(.internal, "the reply does not fit in a frame; ask for less"))
            // An empty reply has no result, which callers treat as malformed.
            return (try? fault.serializedBytes()) ?? []
        }
    }

    private static func parse(_ body: [UInt8], _ limits: FrameLimits) -> Result<Request, WireFault>
    {
        switch Request.weigh(body, limits) {
        case .tooManyElements:
            return .failure(
                WireFault(
                    .invalid,
                    "the request holds more than \(limits.maxElements(bodyBytes: body.count)) items; send fewer in one call"
                ))
        case .fits:
            if let request = try? Request(serializedBytes: body) { return .success(request) }
            fallthrough
        case .malformed:
            return .failure(
                WireFault(.invalid, "request does not parse: are both processes of one version?"))
        }
    }
}
