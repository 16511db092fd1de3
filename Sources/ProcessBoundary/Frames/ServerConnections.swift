import NIOConcurrencyHelpers
import NIOCore

/// The open connections of one server.
final class ServerConnections: Sendable {
    private struct Connection {
        let channel: any Channel
        let handler: NIOLoopBound<FrameServerHandler>
    }

    private struct State {
        var open: [ObjectIdentifier: Connection] = [:]
        var draining = false
    }

    private let state = NIOLockedValueBox(State())
    private let max: Int

    init(max: Int) { self.max = max }

    /// - Returns: false when there are too many, or the server is closing.
    func add(_ channel: any Channel, _ handler: NIOLoopBound<FrameServerHandler>) -> Bool {
        let key = ObjectIdentifier(channel)
        let added = state.withLockedValue { state in
            guard !state.draining, state.open.count < max else { return false }
            state.open[key] = Connection(channel: channel, handler: handler)
            return true
        }
        if added {
            channel.closeFuture.whenComplete { _ in
                self.state.withLockedValue { _ = $0.open.removeValue(forKey: key) }
            }
        }
        return added
    }

    func drain(within timeout: TimeAmount) async {
        let open = state.withLockedValue { state in
            state.draining = true
            return Array(state.open.values)
        }
        for connection in open {
            let loop = connection.channel.eventLoop
            loop.execute { connection.handler.value.drain() }
            let cutOff = loop.scheduleTask(in: timeout) {
                connection.channel.close(promise: nil)
            }
            connection.channel.closeFuture.whenComplete { _ in cutOff.cancel() }
        }
        for connection in open { try? await connection.channel.closeFuture.get() }
    }
}
