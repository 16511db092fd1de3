public import NIOCore
public import SwiftProtobuf

public typealias LedgerClient = FrameClient<WireLedgerRequest, WireLedgerResponse>
public typealias KeeperClient = FrameClient<WireKeeperRequest, WireKeeperResponse>

/// Calls to another daemon over its UNIX socket: one connection, made when first needed and again after it breaks.
///
/// Calls made while others are on their way to the socket travel in one frame. A call that never reached the
/// socket survives a broken connection and waits for the next attempt to connect; if that fails too, it fails with
/// `.unavailable`. A call that was sent when the connection broke fails with `.unavailable` and `mayHaveRun`: its
/// outcome is unknown.
///
/// Safe to call from any task and any thread. `shutdown()` before the event loop group goes.
public final class FrameClient<Request: Message, Response: Message>: Sendable {
    private let table: CallTable
    private let link: FrameLink
    private let limits: FrameLimits

    /// Does not connect yet, so that daemons may start in any order.
    /// - Parameters:
    ///   - socketPath: at most 107 bytes (``HomeLayout`` checks); a longer one makes every call fail.
    public init(socketPath: String, group: any EventLoopGroup, limits: FrameLimits = .standard) {
        let table = CallTable(limits)
        self.table = table
        self.limits = limits
        link = FrameLink(
            socketPath: socketPath, eventLoop: group.next(), limits: limits, table: table)
    }

    /// One request, one response. A ``WireFault`` in the response is a response like any other.
    ///
    /// Cancelling the task ends the wait, not the work: the peer may still carry the request out.
    /// - Parameter timeout: from now to the reply, waiting and connecting included; exact to 100 ms.
    /// - Throws: ``FrameError``, whose `mayHaveRun` tells whether the request may have been carried out.
    public func call(
        _ request: Request, timeout: Duration = .seconds(30)
    ) async throws(FrameError) -> Response {
        // Serializing and parsing happen here, on the caller's thread: the event loop only moves bytes.
        let body: [UInt8]
        do {
            body = try request.serializedBytes()
        } catch {
            throw FrameError(.malformed, "request cannot be serialized", mayHaveRun: false)
        }
        guard body.count <= limits.maxBodyBytes else {
            throw FrameError(
                .tooLarge, "request of \(body.count) bytes; at most \(limits.maxBodyBytes) fit",
                mayHaveRun: false)
        }
        let reply = try await exchange(body, timeout: timeout).get()
        do {
            return try Response(serializedBytes: reply)
        } catch {
            throw FrameError(
                .malformed, "reply does not parse: are both processes of one version?",
                mayHaveRun: true)
        }
    }

    /// Calls that have not ended: waiting or in flight. For tests and health.
    public var waitingCalls: Int { table.count }

    private func exchange(
        _ body: [UInt8], timeout: Duration
    ) async -> Result<[UInt8], FrameError> {
        let id = table.nextID()
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                switch table.add(id, body, deadline, continuation) {
                case .refused(let error): continuation.resume(returning: .failure(error))
                case .queued(let wake):
                    if wake { link.wake() }
                    // The cancellation handler may have run before the call was there to be cancelled.
                    if Task.isCancelled { table.cancel(id) }
                }
            }
        } onCancel: {
            table.cancel(id)
        }
    }

    /// Fails what is waiting, refuses what comes, closes the connection. May be called more than once.
    public func shutdown() async {
        table.close()
        await link.close()
    }
}
