import Foundation

@testable import chancery

/// A data directory as `chancery up` leaves it, less what daemons write, and a patient that it is of.
final class DoctorHome {
    let home: Home

    init() throws {
        // Below nobody's writable directory but a sticky one, as any temporary directory is.
        home = try Home(flag: FileManager.default.temporaryDirectory.path + "/chdr-\(UUID())")
        try home.layout.create()
        _ = try DevelopmentPKI(home: home).ensure()
        try ClientPKI(home: home).ensure()
        try TokenIssuer.ensure(in: home)
    }

    deinit { try? FileManager.default.removeItem(atPath: home.root) }

    func write(_ bytes: some Sequence<UInt8>, to name: String, mode: mode_t = 0o600) throws {
        try Files.write(bytes, to: home.root + "/" + name, mode: mode)
    }

    static func process(
        _ name: String, pid: Int32? = 4_711, ready: Bool = true, problem: String? = nil
    ) -> StatusReport.Process {
        StatusReport.Process(name: name, pid: pid, ready: ready, problem: problem)
    }

    static let processes = ["swtpm", "chancery-keeper", "chancery-ledger", "chancery-gateway"].map {
        process($0)
    }

    static func ledger(
        size: UInt64 = 100, signed: UInt64? = nil, lag: UInt64 = 0, last: String? = nil,
        reachable: Bool = true, rotation: String? = nil, credentials: String? = nil,
        refused: UInt64 = 0
    ) -> StatusReport.Ledger {
        StatusReport.Ledger(
            size: size, signedSize: signed ?? size, projectedSize: size - lag, projectionLag: lag,
            activeSegment: 2, sealedSegments: 1, queueDepth: 0, lastCheckpoint: last,
            keeperReachable: reachable, rotationProblem: rotation, credentialsProblem: credentials,
            refusedErasures: refused)
    }

    static func keeper(
        memoryLocked: Bool = true, tpmProblem: String? = nil,
        escrow: StatusReport.Keeper.Escrow? = .init(threshold: 2, holders: 3, epoch: 1, issued: 1),
        escrowProblem: String? = nil
    ) -> StatusReport.Keeper {
        StatusReport.Keeper(
            tpm: "swtpm", subjects: 3, treeSize: 100, memoryLocked: memoryLocked,
            tpmProblem: tpmProblem, escrow: escrow, escrowProblem: escrowProblem,
            credentialsProblem: nil, counters: .init(seals: 1, epoch: 1, anchor: 1))
    }

    func patient(
        processes: [StatusReport.Process] = DoctorHome.processes,
        ledger: StatusReport.Ledger? = DoctorHome.ledger(),
        keeper: StatusReport.Keeper? = DoctorHome.keeper(), isInstalled: Bool = false,
        backups: [String] = [], now: Date = Date()
    ) -> Patient {
        let status = StatusReport(
            home: home.root, url: "https://localhost:8443", ready: true, processes: processes,
            ledger: ledger, keeper: keeper, segmentFiles: 1, manifestFiles: 0,
            disk: .init(free: 1 << 40, ledger: 0, views: 0, keys: 0))
        return Patient(
            home: home, base: "https://localhost:8443", isInstalled: isInstalled, backups: backups,
            tpmArguments: [], status: status, now: now, begin: ClockReading.take())
    }
}

extension [Finding] {
    subscript(name: String) -> Finding? { first { $0.name == name } }

    /// Those that are not well.
    var faults: [String: Finding.Severity] {
        filter { $0.severity == .warning || $0.severity == .error }.reduce(into: [:]) {
            $0[$1.name] = $1.severity
        }
    }
}
