import Foundation
import Glibc

/// One verb of a daemon's program under systemd, to its end.
struct UnitRun {
    let appliance: Appliance
    let home: Home
    let program: String
    let run: DaemonRun

    /// Several of one command follow each other.
    private static let interval: UInt32 = 50_000

    /// - Returns: the exit status of the program.
    /// - Throws: `interrupted`, when the unit has been stopped
    func perform() throws(OperatorError) -> Int32 {
        try Appliance.requireRoot()
        let systemdRun = try Binaries.tool("systemd-run", package: "systemd")
        let shelf = appliance.places.handover + run.daemon.shelf
        for directory in [appliance.places.handover, shelf] {
            try Ownership(directory, 0o711, .root).ensure()
        }
        Handover.discardAbandoned(in: shelf)
        // Not `chancery-…`: see TransientUnit.name.
        let name = "command-of-\(run.daemon.rawValue)-\(getpid())-\(UInt32.random(in: 0...0xFFFF))"
        var handover = try Handover(shelf + "/" + name, user: run.daemon.user)
        defer { handover.discard() }
        var words: [String] = []
        for argument in run.arguments { words.append(try handover.take(argument)) }
        let unit = TransientUnit(
            name: name, daemon: run.daemon, data: home.root, program: program, words: words,
            device: appliance.device, writable: [handover.files], mounts: handover.mounts,
            output: handover.output, errors: handover.errors)
        SELinuxLabels.restore([appliance.places.handover] + handover.mounts.map(\.source))
        let status: Int32
        do throws(OperatorError) {
            status = try follow(unit, systemdRun, handover)
        } catch {
            // systemd-run has ended, what it started has not.
            try? Systemctl().stop([name + ".service"])
            throw error
        }
        try handover.fetch()
        return status
    }

    private func follow(
        _ unit: TransientUnit, _ systemdRun: String, _ handover: Handover
    ) throws(OperatorError) -> Int32 {
        var output = FollowedFile(handover.output, to: .standardOutput, names: handover.names)
        var errors = FollowedFile(handover.errors, to: .standardError, names: handover.names)
        return try SignalRelay.during { relay throws(OperatorError) in
            let pid = try ChildProcess.spawn(
                systemdRun, unit.arguments, output: nil, detached: false)
            relay(pid)
            var ended: Int32?
            repeat {
                ended = ChildProcess.status(of: pid)
                output.forward(isLast: ended != nil)
                errors.forward(isLast: ended != nil)
                if ended == nil { usleep(Self.interval) }
            } while ended == nil
            return ended ?? 0
        }
    }
}

extension DaemonKind {
    /// Of the handover: neither domain sees what the other is handed.
    fileprivate var shelf: String {
        switch self {
        case .gateway: "/gateway"
        case .ledger: "/ledger"
        case .keeper: "/keeper"
        }
    }
}

extension Appliance {
    /// The TPM's device file; nil where it is no device.
    var device: String? {
        let prefix = "device:"
        return tcti.hasPrefix(prefix) ? String(tcti.dropFirst(prefix.count)) : nil
    }
}
