import Foundation

/// What `chancery doctor` looks at: a data directory, and the machine that it is on.
struct Patient: Sendable {
    let home: Home
    let base: String
    /// Installed for good, by the package: more is expected than of a directory that somebody tries things in.
    let isInstalled: Bool
    /// Where backups lie.
    let backups: [String]
    /// What `chancery tpm status` is told of the TPM beside the data directory; empty: the usual one.
    let tpmArguments: [String]
    let status: StatusReport
    let now: Date
    /// When the look began.
    let begin: ClockReading

    /// Where the daily backup of an installed machine goes, unless BACKUP_DIRECTORY says otherwise.
    private static let usualBackups = "/var/backups/chancery"

    static func admit(
        home: Home, backups: [String], tpmArguments: [String]
    ) async throws(OperatorError) -> Patient {
        let begin = ClockReading.take()
        // Of another data directory on such a machine nobody expects what its units keep.
        let usual = home.appliance.map { [$0.configuration.backups ?? usualBackups] }
        return Patient(
            home: home, base: try Endpoint.base(flag: nil, home: home),
            isInstalled: home.appliance != nil, backups: backups.isEmpty ? usual ?? [] : backups,
            tpmArguments: tpmArguments, status: await StatusReport.take(home: home), now: Date(),
            begin: begin)
    }

    func process(_ daemon: DaemonKind) -> StatusReport.Process? {
        status.processes.first { $0.name == daemon.rawValue }
    }

    func runs(_ daemon: DaemonKind) -> Bool { process(daemon)?.pid != nil }
}
