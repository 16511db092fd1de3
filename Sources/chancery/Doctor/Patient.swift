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

    /// The places where installed machines keep backups.
    static let usualBackups = [
        "/var/backups/chancery", "/srv/chancery-backup", "/var/lib/chancery/backups",
    ]

    static func admit(
        home: Home, backups: [String], tpmArguments: [String]
    ) async throws(OperatorError) -> Patient {
        let begin = ClockReading.take()
        // Of another data directory on such a machine nobody expects what its units keep.
        let isInstalled = home.appliance != nil
        return Patient(
            home: home, base: try Endpoint.base(flag: nil, home: home), isInstalled: isInstalled,
            backups: backups.isEmpty ? (isInstalled ? usualBackups : []) : backups,
            tpmArguments: tpmArguments, status: await StatusReport.take(home: home), now: Date(),
            begin: begin)
    }

    func process(_ daemon: DaemonKind) -> StatusReport.Process? {
        status.processes.first { $0.name == daemon.rawValue }
    }

    func runs(_ daemon: DaemonKind) -> Bool { process(daemon)?.pid != nil }
}
