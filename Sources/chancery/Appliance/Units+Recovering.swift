import Foundation
import ProcessBoundary

/// A recovery needs a keeper that opens a directory which it else refuses. Its sockets are systemd's, so it runs as its unit, with
/// one option more while it lasts.
extension Units {
    /// Files of the running system alone: a power loss takes them away.
    private var dropIn: String {
        "/run/systemd/system/\(DaemonKind.keeper.service).d/90-recover.conf"
    }
    private var environment: String { appliance.places.handover + "/recover.conf" }

    func startKeeperToRecover() async throws(OperatorError) {
        try Ownership(appliance.places.handover, 0o711, .root).ensure()
        let options = appliance.configuration.keeperOptions.map { $0 + " " } ?? ""
        try Files.write(
            "KEEPER_OPTIONS='\(options.replacingOccurrences(of: "'", with: #"'"'"'"#))--recover'\n"
                .utf8,
            to: environment)
        let directory = SystemFile.directory(of: dropIn)
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755])
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot create \(directory): \(error.localizedDescription)",
                next: "Run this as root.")
        }
        // The later of two files wins.
        try Files.write("[Service]\nEnvironmentFile=\(environment)\n".utf8, to: dropIn, mode: 0o644)
        try manager.reload()
        try manager.start([DaemonKind.keeper.service])
    }

    func stopKeeperOfRecovery() async throws(OperatorError) -> String {
        let state = try manager.state(DaemonKind.keeper.service)
        let words = state.flatMap { $0.hasFailed ? $0.description : nil } ?? ""
        try await stop([.keeper])
        try discardRecovery()
        return words
    }

    /// Also what a recovery left that was killed: with it the keeper would open for a recovery at each start.
    func discardRecovery() throws(OperatorError) {
        guard Files.exists(dropIn) || Files.exists(environment) else { return }
        unlink(dropIn)
        rmdir(SystemFile.directory(of: dropIn))
        unlink(environment)
        try manager.reload()
    }
}
