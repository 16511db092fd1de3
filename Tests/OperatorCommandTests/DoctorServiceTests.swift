import Foundation
import LedgerFormat
import Testing

@testable import chancery

/// Each planted fault of processes, ledger and trust file is found and named.
@Suite struct DoctorServiceTests {
    private static func processes(
        _ process: StatusReport.Process? = nil, restarts: [String: Int] = [:],
        unseen: [String: String] = [:], failedUnits: [String]? = []
    ) -> [Finding] {
        ProcessesCheck(
            processes: DoctorHome.processes.filter { $0.name != process?.name }
                + (process.map { [$0] } ?? []), unseen: unseen, restarts: restarts,
            failedUnits: failedUnits, isInstalled: failedUnits == nil
        ).findings
    }

    @Test func whatRunsIsWell() {
        #expect(Self.processes(restarts: ["chancery-ledger": 0]).faults.isEmpty)
    }

    @Test func aStoppedDaemonIsNamed() {
        let stopped = Self.processes(
            DoctorHome.process("chancery-ledger", pid: nil, ready: false, problem: "does not run"))
        #expect(stopped.faults == ["processes.chancery-ledger": .error])
        #expect(stopped["processes.chancery-ledger"]?.advice == "chancery up")
        let waiting = Self.processes(
            DoctorHome.process("chancery-keeper", ready: false, problem: "waits for a policy"))
        #expect(waiting.faults == ["processes.chancery-keeper": .error])
        #expect(waiting["processes.chancery-keeper"]?.found.contains("waits for a policy") == true)
    }

    @Test func aDaemonThatWeMayNotAskIsNeitherWellNorAtFault() {
        let findings = Self.processes(
            DoctorHome.process("chancery-keeper", ready: false, problem: "does not answer"),
            unseen: ["chancery-keeper": "Permission denied"])
        #expect(findings["processes.chancery-keeper"]?.severity == .notChecked)
    }

    @Test func anOlderBuildAndRestartsAreNamed() {
        #expect(
            Self.processes(
                DoctorHome.process("chancery-gateway", problem: "it runs an older build")
            )
            .faults == ["processes.chancery-gateway": .warning])
        #expect(
            Self.processes(restarts: ["chancery-gateway": 4]).faults
                == ["processes.chancery-gateway.restarts": .warning])
        #expect(
            Self.processes(failedUnits: ["chancery-backup.service"]).faults
                == ["processes.units": .error])
        #expect(Self.processes(failedUnits: nil)["processes.units"]?.severity == .notChecked)
    }

    private static func ledger(
        _ ledger: StatusReport.Ledger? = DoctorHome.ledger(),
        keeper: StatusReport.Keeper? = DoctorHome.keeper(), unsealed: UInt64 = 5 << 20,
        sealedAgo: TimeInterval = 3_600, isInstalled: Bool = true
    ) -> [Finding] {
        let now = Date()
        return LedgerCheck(
            ledger: ledger, keeper: keeper,
            files: .seen(
                LedgerFiles(
                    segments: [.init(path: "/b", bytes: unsealed, isSealed: false)], lastWrite: now,
                    sealedAt: now - sealedAgo)), now: now, isInstalled: isInstalled
        ).findings
    }

    @Test func aLedgerThatGoesOnIsWell() {
        #expect(Self.ledger().allSatisfy { $0.severity == .ok })
    }

    @Test func whatWaitsInTheLedgerIsNamed() {
        #expect(
            Self.ledger(DoctorHome.ledger(size: 1 << 20, lag: 200_000)).faults
                == ["ledger.projections": .warning])
        #expect(
            Self.ledger(DoctorHome.ledger(signed: 90, reachable: false)).faults
                == ["ledger.signatures": .error])
        #expect(Self.ledger(DoctorHome.ledger(refused: 2)).faults == ["ledger.erasures": .error])
        #expect(
            Self.ledger(DoctorHome.ledger(rotation: "escrow")).faults
                == ["ledger.rotation": .warning])
        #expect(
            Self.ledger(DoctorHome.ledger(credentials: "jwks.json")).faults
                == ["ledger.credentials": .warning])
        #expect(Self.ledger(unsealed: 2 << 30).faults == ["ledger.seal": .warning])
        #expect(Self.ledger(sealedAgo: 40 * 3_600).faults == ["ledger.seal": .warning])
        #expect(
            Self.ledger(keeper: DoctorHome.keeper(escrowProblem: "not mounted")).faults
                == ["ledger.escrow": .warning])
        #expect(
            Self.ledger(keeper: DoctorHome.keeper(escrow: nil)).faults == [
                "ledger.escrow": .warning
            ])
    }

    @Test func aSilentLedgerIsNotWell() {
        let findings = Self.ledger(nil, keeper: nil)
        #expect(findings["ledger.erasures"]?.severity == .notChecked)
        #expect(findings["ledger.escrow"]?.severity == .notChecked)
    }

    // MARK: Trust

    private static func trust(
        _ file: Sight<[UInt8]>, _ checkpoint: Sight<[UInt8]>
    ) -> [Finding] {
        TrustCheck(path: "trust.json", file: file, checkpoint: checkpoint).findings
    }

    private static func trustFile(_ name: String) throws -> Sight<[UInt8]> {
        .seen(
            try TrustFile(generations: [.init(generation: 1, origin: name + "/g1", keys: [])])
                .encoded())
    }

    private static func checkpoint(_ name: String) throws -> Sight<[UInt8]> {
        .seen(
            try Checkpoint(origin: name + "/g1", size: 0, root: MerkleTree.emptyRoot)
                .signedNote(keyName: name + "/g1", keyID: 7) { _ in [UInt8](repeating: 1, count: 64)
                }
                .bytes)
    }

    @Test func aTrustFileOfAnotherLogIsNamed() throws {
        let other = Self.trust(try Self.trustFile("a.example"), try Self.checkpoint("b.example"))
        #expect(other.faults == ["trust.checkpoint": .error])
        let unsigned = Self.trust(try Self.trustFile("a.example"), try Self.checkpoint("a.example"))
        #expect(unsigned.faults == ["trust.checkpoint": .error])
        let damaged = Self.trust(.seen(Array("{}".utf8)), .missing)
        #expect(damaged.faults == ["trust.file": .error])
        let silent = Self.trust(try Self.trustFile("a.example"), .hidden("no answer"))
        #expect(silent["trust.checkpoint"]?.severity == .notChecked)
    }

    // MARK: Report

    @Test func theWorstDecidesTheExitCode() {
        let ok = Finding.ok("a.b", "x")
        let none = Finding.noneHere("a.c", "x")
        let hidden = Finding.notChecked("a.d", "may not be read")
        let warning = Finding.warning("a.e", "x", do: "y")
        let error = Finding.error("a.f", "x", do: "y")
        for (findings, code) in [
            ([ok, none], 0), ([ok, hidden], 2), ([ok, warning], 2), ([warning, error, hidden], 3),
        ] as [([Finding], Int32)] {
            #expect(DoctorReport(home: "/h", findings: findings).exitCode == code)
        }
    }

    @Test func namesOfFilesDoNotReachTheTerminalAsTheyAre() {
        let report = DoctorReport(
            home: "/h", findings: [.warning("a.b", "x\u{1B}[2J\ny", do: "rm \u{202E}z")])
        #expect(!report.text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
    }
}
