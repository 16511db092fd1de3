import NIOCore
import NIOPosix

/// The client's connection. Everything in it is confined to one event loop.
final class FrameLink: Sendable {
    private enum Phase {
        case idle
        case connecting
        /// After a failed attempt; calls made meanwhile wait for the next one.
        case backingOff(Scheduled<Void>)
        case connected(any Channel)
        case closed
    }

    private struct State {
        var phase = Phase.idle
        /// Attempts since a reply last arrived. A peer that accepts and then hangs up counts as failing.
        var failures = 0
        var sweep: RepeatedTask?
    }

    private static let sweepInterval = TimeAmount.milliseconds(100)

    private let socketPath: String
    private let eventLoop: any EventLoop
    private let limits: FrameLimits
    private let table: CallTable
    private let state: NIOLoopBoundBox<State>

    init(socketPath: String, eventLoop: any EventLoop, limits: FrameLimits, table: CallTable) {
        self.socketPath = socketPath
        self.eventLoop = eventLoop
        self.limits = limits
        self.table = table
        state = .makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    /// Any thread. Calls added until the loop gets to it go along.
    func wake() {
        eventLoop.execute {
            self.table.acknowledgeWake()
            self.startSweep()
            self.pump()
        }
    }

    func close() async {
        let done = eventLoop.makePromise(of: Void.self)
        eventLoop.execute {
            let phase = self.state.value.phase
            self.state.value.phase = .closed
            self.stopSweep()
            switch phase {
            case .connected(let channel):
                channel.close(promise: nil); channel.closeFuture.cascade(to: done)
            case .backingOff(let retry): retry.cancel(); done.succeed()
            case .idle, .connecting, .closed: done.succeed()
            }
        }
        try? await done.futureResult.get()
    }

    // MARK: on the event loop

    /// Sends what is waiting, as far as the channel takes it, or sees to it that there is a channel.
    func pump() {
        eventLoop.assertInEventLoop()
        switch state.value.phase {
        case .idle: if table.hasQueued { connect() }
        case .connecting, .backingOff, .closed: break
        case .connected(let channel): send(on: channel)
        }
    }

    private func send(on channel: any Channel) {
        var wrote = false
        while channel.isWritable {
            let batch = table.takeBatch()
            if batch.isEmpty { break }
            var buffer = channel.allocator.buffer(capacity: 0)
            FrameCodec.encode(batch, into: &buffer)
            channel.write(buffer, promise: nil)
            wrote = true
        }
        if wrote { channel.flush() }
    }

    func received(_ replies: [FrameMessage]) {
        state.value.failures = 0
        table.complete(replies)
    }

    /// - Parameter reason: for the callers' error; nil when the peer just went away.
    func disconnected(_ reason: String?) {
        guard case .connected = state.value.phase else { return }
        state.value.phase = .idle
        table.failSent(
            "the connection to \(socketPath) broke (\(reason ?? "the peer went away")); outcome unknown"
        )
        if state.value.failures > 0 { backOff() } else { pump() }
        state.value.failures += 1
    }

    private func connect() {
        state.value.phase = .connecting
        if let contradiction = limits.contradiction() {
            return connectFailed("bad limits: \(contradiction)")
        }
        let limits = self.limits
        ClientBootstrap(group: eventLoop)
            .connectTimeout(limits.connectTimeout)
            .channelOption(
                .writeBufferWaterMark,
                value: .init(
                    low: limits.writeBufferHighWaterMark / 4, high: limits.writeBufferHighWaterMark)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        FrameInboundHandler(limits),
                        FrameLinkHandler(link: self, stall: limits.halfFrameTimeout),
                    ])
                }
            }
            .connect(unixDomainSocketPath: socketPath)
            .hop(to: eventLoop)
            .whenComplete { result in
                switch result {
                case .success(let channel): self.connected(channel)
                case .failure(let error): self.connectFailed("\(error)")
                }
            }
    }

    private func connected(_ channel: any Channel) {
        guard case .connecting = state.value.phase, channel.isActive else {
            channel.close(promise: nil)
            if case .connecting = state.value.phase { connectFailed("the peer hung up at once") }
            return
        }
        state.value.phase = .connected(channel)
        pump()
    }

    private func connectFailed(_ reason: String) {
        guard case .connecting = state.value.phase else { return }
        table.failUnsent("cannot connect to \(socketPath): \(reason); is that daemon running?")
        backOff()
        state.value.failures += 1
    }

    private func backOff() {
        let doublings = min(state.value.failures, 16)
        let pause = min(limits.firstBackoff * (1 << doublings), limits.maxBackoff)
        let retry = eventLoop.scheduleTask(in: pause) {
            guard case .backingOff = self.state.value.phase else { return }
            self.state.value.phase = .idle
            self.pump()
        }
        state.value.phase = .backingOff(retry)
    }

    // MARK: timeouts

    /// One sweep for all calls, while there are any: a timer per call would cost more than the call.
    private func startSweep() {
        guard state.value.sweep == nil else { return }
        if case .closed = state.value.phase { return }
        state.value.sweep = eventLoop.scheduleRepeatedTask(
            initialDelay: Self.sweepInterval, delay: Self.sweepInterval
        ) { _ in
            self.table.expire(now: .now())
            if self.table.isEmpty { self.stopSweep() }
        }
    }

    private func stopSweep() {
        state.value.sweep?.cancel()
        state.value.sweep = nil
    }
}
