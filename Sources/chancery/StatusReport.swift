import AccessControl
import Foundation

/// A look at everything, taken without a credential and without changing anything.
struct StatusReport: Encodable, Sendable {
    struct Process: Encodable, Sendable {
        let name: String
        let pid: Int32?
        let ready: Bool
        let problem: String?
    }

    struct Ledger: Encodable, Sendable {
        let size: UInt64
        let signedSize: UInt64
        let projectedSize: UInt64
        /// Entries that the projections do not show yet.
        let projectionLag: UInt64
        let activeSegment: UInt64
        let sealedSegments: UInt64
        let queueDepth: UInt64
        let lastCheckpoint: String?
        let keeperReachable: Bool
        /// Why a rotation of keys is not completed yet: it waits, all else goes on.
        let rotationProblem: String?
        /// Why the issuer's keys or denied tokens on the disk are not those in force.
        let credentialsProblem: String?
        /// Orders to erase that the keeper does not follow.
        let refusedErasures: UInt64
    }

    struct Keeper: Encodable, Sendable {
        let tpm: String
        let subjects: UInt64
        let treeSize: UInt64
        let memoryLocked: Bool
        /// Why the TPM does not answer: seals and erasures wait meanwhile.
        let tpmProblem: String?
        /// Nil: none was set up.
        let escrow: Escrow?
        /// Why there is no escrow of the newest erasure epoch: it waits, all else goes on.
        let escrowProblem: String?
        /// As of the ledger.
        let credentialsProblem: String?
        let counters: Counters

        struct Escrow: Encodable, Sendable {
            let threshold: UInt32
            let holders: UInt32
            let epoch: UInt64
            /// Seconds since 1970; 0: none was made yet.
            let issued: Int64
        }

        struct Counters: Encodable, Sendable {
            let seals: UInt64
            let epoch: UInt64
            let anchor: UInt64
        }
    }

    struct Disk: Encodable, Sendable {
        let free: UInt64
        let ledger: UInt64
        let views: UInt64
        let keys: UInt64
    }

    let home: String
    let url: String
    let ready: Bool
    let processes: [Process]
    /// Nil: the ledger does not answer.
    let ledger: Ledger?
    let keeper: Keeper?
    /// From the files, so also when nothing runs.
    let segmentFiles: Int
    let manifestFiles: Int
    let disk: Disk

    static func take(home: Home) async -> StatusReport {
        let base =
            (try? Endpoint.base(flag: nil, home: home)) ?? Endpoint.url(port: Endpoint.defaultPort)
        let health = Health(home: home, base: base)
        let units = UnitStates.taken(home)
        async let keeperAnswer = units.isAsked(.keeper) ? health.keeper() : .silent
        async let ledgerAnswer = units.isAsked(.ledger) ? health.ledger() : .silent
        async let gatewayAnswer = units.isAsked(.gateway) ? health.gateway() : .silent
        let (keeper, ledger, gateway) = (
            await keeperAnswer, await ledgerAnswer, await gatewayAnswer
        )

        let processes =
            softwareTPM(home) + [
                process(
                    .keeper, home, units, ready: keeper.isReady, problem: keeper.problem),
                process(
                    .ledger, home, units, ready: ledger.isReady, problem: ledger.problem),
                process(
                    .gateway, home, units, ready: gateway.isReady,
                    problem: gateway.problem ?? gateway.figures ?? nil),
            ] + keyFetcher(home)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home.ledger)) ?? []
        return StatusReport(
            home: home.root, url: base, ready: processes.allSatisfy(\.ready), processes: processes,
            ledger: ledger.figures.map { figures in
                Ledger(
                    size: figures.treeSize, signedSize: figures.signedSize,
                    projectedSize: figures.projectedSize,
                    projectionLag: figures.treeSize - min(figures.treeSize, figures.projectedSize),
                    activeSegment: figures.activeSegment, sealedSegments: figures.sealedSegments,
                    queueDepth: figures.queueDepth,
                    lastCheckpoint: figures.lastCheckpointTime.isEmpty
                        ? nil : figures.lastCheckpointTime,
                    keeperReachable: figures.keeperReachable,
                    rotationProblem: figures.rotationProblem.isEmpty
                        ? nil : figures.rotationProblem,
                    credentialsProblem: figures.credentialsProblem.isEmpty
                        ? nil : figures.credentialsProblem,
                    refusedErasures: figures.refusedErasures)
            },
            keeper: keeper.figures.map { figures in
                Keeper(
                    tpm: figures.tpm, subjects: figures.subjects, treeSize: figures.treeSize,
                    memoryLocked: figures.memoryLocked,
                    tpmProblem: figures.tpmProblem.isEmpty ? nil : figures.tpmProblem,
                    escrow: figures.hasEscrow
                        ? Keeper.Escrow(
                            threshold: figures.escrow.threshold, holders: figures.escrow.holders,
                            epoch: figures.escrow.epoch, issued: figures.escrow.issued) : nil,
                    escrowProblem: figures.escrowProblem.isEmpty ? nil : figures.escrowProblem,
                    credentialsProblem: figures.credentialsProblem.isEmpty
                        ? nil : figures.credentialsProblem,
                    counters: Keeper.Counters(
                        seals: figures.counters.seals, epoch: figures.counters.epoch,
                        anchor: figures.counters.anchor))
            },
            segmentFiles: names.count { $0.hasPrefix("segment-") && $0.hasSuffix(".sqlite") },
            manifestFiles: names.count { $0.hasPrefix("segment-") && $0.hasSuffix(".manifest") },
            disk: Disk(
                free: Files.freeBytes(at: home.root), ledger: Files.size(ofDirectory: home.ledger),
                views: Files.size(ofDirectory: home.views), keys: Files.size(ofDirectory: home.keys)
            ))
    }

    /// Empty where the TPM is the appliance's.
    private static func softwareTPM(_ home: Home) -> [Process] {
        guard home.appliance == nil else { return [] }
        let tpm = RunningProcess.softwareTPM(home: home)
        return [
            Process(
                name: "swtpm", pid: tpm?.pid, ready: tpm != nil,
                problem: tpm == nil ? "does not run" : nil)
        ]
    }

    /// Empty where nothing is fetched.
    private static func keyFetcher(_ home: Home) -> [Process] {
        guard let issuer = try? ExternalIssuer.read(home), issuer.url != nil else { return [] }
        let running = RunningProcess.keyFetcher(home: home)
        let outdated = KeySetFetch.read(beside: home.issuerKeySet)?.problem(at: Date())
        return [
            Process(
                name: "issuer-keys", pid: running?.pid, ready: running != nil,
                problem: running == nil ? "does not run: `chancery up` starts it" : outdated)
        ]
    }

    private static func process(
        _ daemon: DaemonKind, _ home: Home, _ units: UnitStates, ready: Bool, problem: String?
    ) -> Process {
        if let unit = units[daemon] {
            return Process(
                name: daemon.rawValue, pid: unit.pid, ready: ready,
                problem: ready || unit.active == "active" ? problem : unit.description)
        }
        guard let running = RunningProcess.of(daemon, home: home) else {
            return Process(name: daemon.rawValue, pid: nil, ready: false, problem: "does not run")
        }
        let stale = (try? Binaries()).flatMap {
            Staleness.of(running, daemon: daemon, home: home, binaries: $0)
        }
        return Process(
            name: daemon.rawValue, pid: running.pid, ready: ready,
            problem: stale.map { "\($0.rawValue), `chancery up` restarts it" } ?? problem)
    }

    private static func text(of keeper: Keeper) -> String {
        if let problem = keeper.escrowProblem { return "waits: \(problem)" }
        guard let escrow = keeper.escrow else {
            return "none: a dead TPM would end the personal data"
        }
        return
            "epoch \(escrow.epoch), \(escrow.threshold) of \(escrow.holders) recovery keys open it"
    }

    var text: String {
        var rows: [(String, String)] = processes.map { process in
            let readiness = process.ready ? ["ready"] : []
            let parts = readiness + (process.problem.map { [$0] } ?? [])
            let state = parts.isEmpty ? "not ready" : parts.joined(separator: ", but ")
            return (process.name, process.pid.map { "\(state), pid \($0)" } ?? state)
        }
        if let ledger {
            let lag =
                ledger.projectionLag == 0
                ? "up to date" : "\(Figures.grouped(ledger.projectionLag)) behind"
            rows += [
                (
                    "ledger",
                    "\(Figures.grouped(ledger.size)) entries, \(Figures.grouped(ledger.signedSize)) signed"
                ),
                ("checkpoint", ledger.lastCheckpoint ?? "none yet"),
                (
                    "segments",
                    "\(ledger.sealedSegments) sealed, number \(ledger.activeSegment) active"
                ),
                ("projections", lag),
            ]
            if let problem = ledger.rotationProblem {
                rows.append(("rotation", "waits: \(problem)"))
            }
            if ledger.refusedErasures > 0 {
                rows.append(
                    (
                        "erasures",
                        "\(Figures.grouped(ledger.refusedErasures)) ordered, which the keeper does not follow: the ledger's log says why"
                    ))
            }
        } else {
            rows.append(("segments", "\(segmentFiles) files, \(manifestFiles) sealed"))
        }
        if let keeper {
            let locked = keeper.memoryLocked ? "memory locked" : "memory not locked"
            rows += [
                ("TPM", keeper.tpmProblem.map { "seals and erasures wait: \($0)" } ?? keeper.tpm),
                (
                    "counters",
                    "seals \(keeper.counters.seals), erasure epoch \(keeper.counters.epoch), "
                        + "anchor \(keeper.counters.anchor)"
                ),
                ("keeper", "\(Figures.grouped(keeper.subjects)) subject keys, \(locked)"),
                ("escrow", Self.text(of: keeper)),
            ]
        }
        if let problem = ledger?.credentialsProblem ?? keeper?.credentialsProblem {
            rows.append(("credentials", problem))
        }
        rows += [
            (
                "disk",
                "\(Figures.bytes(disk.free)) free; ledger \(Figures.bytes(disk.ledger)), "
                    + "views \(Figures.bytes(disk.views)), keys \(Figures.bytes(disk.keys))"
            ),
            ("address", url),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value
        }.joined(separator: "\n")
    }
}
