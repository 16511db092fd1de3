import Foundation
import LedgerStore
import Testing

@testable import chancery

/// Each planted fault of clock, disk and TPM is found and named, and nothing else is.
@Suite struct DoctorMachineTests {
    // MARK: Clock

    private static func clock(
        behind: TimeInterval? = 0, isSynchronized: Bool? = true, drift: TimeInterval = 0,
        leap: TimeInterval = 0, isInstalled: Bool = true, unseen: String? = nil
    ) -> ClockCheck {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        return ClockCheck(
            now: now,
            past: behind.map {
                [
                    .init(time: now - 3_600, of: "the last seal"),
                    .init(time: now + $0, of: "the last checkpoint"),
                ]
            } ?? [],
            unseen: unseen, isSynchronized: isSynchronized, hardware: .seen(now + drift),
            leap: leap,
            isInstalled: isInstalled)
    }

    @Test func aRightClockIsWell() {
        #expect(Self.clock().findings.faults.isEmpty)
        #expect(Self.clock(behind: nil).findings["clock.entries"]?.severity == .noneHere)
        let unseen = Self.clock(behind: nil, unseen: "ledger may not be read").findings
        #expect(unseen["clock.entries"]?.severity == .notChecked)
    }

    @Test func aClockBehindTheLastEntryIsNamed() {
        let findings = Self.clock(behind: 7_200).findings
        #expect(findings.faults == ["clock.entries": .error])
        #expect(findings["clock.entries"]?.found.contains("2 h behind the last checkpoint") == true)
        #expect(findings["clock.entries"]?.advice?.contains("chancery clock-is-right") == true)
    }

    @Test func whatTheLedgerToleratesIsTolerated() {
        let limit = Double(StoreLimits().clockToleranceMicroseconds) / 1e6
        #expect(ClockCheck.tolerance == limit)
        #expect(Self.clock(behind: limit).findings.faults.isEmpty)
    }

    @Test func aClockThatNobodyKeepsIsNamedOnAnInstalledMachine() {
        #expect(
            Self.clock(isSynchronized: false).findings.faults == ["clock.synchronized": .warning])
        #expect(Self.clock(isSynchronized: false, isInstalled: false).findings.faults.isEmpty)
        #expect(
            Self.clock(isSynchronized: nil).findings["clock.synchronized"]?.severity == .notChecked)
    }

    @Test func aWrongHardwareClockAndAClockThatIsSetMeanwhileAreNamed() {
        #expect(Self.clock(drift: -86_400).findings.faults == ["clock.hardware": .warning])
        #expect(Self.clock(leap: -30).findings.faults == ["clock.steady": .warning])
    }

    // MARK: Disk

    private static func disk(
        free: UInt64 = 100 << 30, freeInodes: UInt64 = 1 << 20, ballast: Sight<UInt64>? = nil,
        unsealed: UInt64 = 1 << 30, backupFree: UInt64? = nil
    ) -> DiskCheck {
        DiskCheck(
            data: .seen(
                FileSystem(
                    size: 1 << 40, free: free, inodes: 1 << 21, freeInodes: freeInodes, identity: 1)
            ),
            ledger: .seen(
                LedgerFiles(
                    segments: [
                        .init(path: "/a", bytes: 4 << 30, isSealed: true),
                        .init(path: "/b", bytes: unsealed, isSealed: false),
                    ], lastWrite: nil, sealedAt: nil)),
            ballast: ballast ?? .seen(DiskCheck.ballastBytes), keysBytes: 1 << 20,
            backups: backupFree.map {
                (
                    "/var/backups/chancery",
                    FileSystem(size: 1 << 40, free: $0, inodes: 0, freeInodes: 0, identity: 2)
                )
            }, ledgerRuns: true)
    }

    @Test func theLimitsAreTheLedgers() {
        #expect(DiskCheck.reserved == StoreLimits().reservedDiskBytes)
        #expect(DiskCheck.ballastBytes == StoreLimits().ballastBytes)
    }

    @Test func aDiskWithRoomIsWell() {
        #expect(Self.disk(backupFree: 100 << 30).findings.faults.isEmpty)
    }

    @Test func aFullDiskIsNamed() {
        #expect(Self.disk(free: 200 << 20).findings["disk.room"]?.severity == .error)
        #expect(Self.disk(free: 1 << 30).findings["disk.room"]?.severity == .warning)
        #expect(Self.disk(freeInodes: 3).findings.faults == ["disk.files": .error])
        #expect(Self.disk(freeInodes: 5_000).findings.faults == ["disk.files": .warning])
        #expect(Self.disk(backupFree: 1 << 30).findings.faults == ["disk.backup": .warning])
    }

    @Test func aMissingBallastIsNamed() {
        #expect(Self.disk(ballast: .missing).findings.faults == ["disk.ballast": .warning])
        #expect(Self.disk(ballast: .seen(5)).findings.faults == ["disk.ballast": .warning])
        #expect(Self.disk(ballast: .hidden("x")).findings["disk.ballast"]?.severity == .notChecked)
    }

    // MARK: TPM

    private static func tpm(
        _ change: (inout [String: Any]) -> Void = { _ in }, memoryLocked: Bool? = true,
        keeperProblem: String? = nil
    ) throws -> [Finding] {
        var document: [String: Any] = [
            "address": "device:/dev/tpmrm0", "manufacturer": "IFX", "model": "SLB9672",
            "lockout": ["active": false, "failedTries": 0],
            "free": ["transient": 3, "sessions": 64],
            "keystore": "complete", "attestationKey": "0123456789abcdef", "policyKey": "key",
            "policies": [["counts": true, "matches": false], ["counts": true, "matches": true]],
            "counters": ["seal", "anchor", "epoch"].map {
                ["purpose": $0, "value": 3, "expected": 4] as [String: Any]
            }, "problems": [String](),
        ]
        change(&document)
        let data = try JSONSerialization.data(withJSONObject: document)
        let answer = try JSONDecoder().decode(TPMCheck.Answer.self, from: data)
        return TPMCheck(
            answer: .seen(answer), memoryLocked: memoryLocked, keeperProblem: keeperProblem,
            isInstalled: true
        ).findings
    }

    @Test func aTPMThatAnswersIsWell() throws {
        let findings = try Self.tpm()
        #expect(findings.allSatisfy { $0.severity == .ok }, "\(findings)")
    }

    @Test func whatAilsTheTPMIsNamed() throws {
        #expect(
            try Self.tpm { $0["lockout"] = ["active": true, "failedTries": 32] }.faults
                == ["tpm.lockout": .warning])
        #expect(
            try Self.tpm { $0["free"] = ["transient": 0, "sessions": 3] }.faults
                == ["tpm.slots": .error])
        #expect(try Self.tpm { $0["counters"] = [] }.faults == ["tpm.counters": .error])
        #expect(
            try Self.tpm { document in
                document["counters"] = ["seal", "anchor", "epoch"].map {
                    ["purpose": $0, "value": 9, "expected": 4] as [String: Any]
                }
            }.faults == ["tpm.counters": .error])
        #expect(
            try Self.tpm { $0["policies"] = [["counts": true, "matches": false]] }.faults
                == ["tpm.policy": .error])
        #expect(
            try Self.tpm { $0["attestationKey"] = nil }.faults == ["tpm.attestation-key": .error])
        #expect(try Self.tpm { $0["keystore"] = "unfinished" }.faults == ["tpm.keys": .warning])
        #expect(try Self.tpm { $0["problems"] = ["odd"] }.faults == ["tpm.attention": .warning])
        #expect(try Self.tpm(memoryLocked: false).faults == ["tpm.memory": .warning])
        #expect(try Self.tpm(keeperProblem: "busy").faults == ["tpm.answers": .error])
        #expect(
            try Self.tpm { document in
                document = ["address": "device:/dev/tpmrm0", "problems": ["absent"]]
            }.faults == ["tpm.answers": .error])
    }

    @Test func whyTheTPMMayNotBeAskedIsOneLine() throws {
        let error = OperatorError(.unusablePath, "It is not there.", next: "Bring it.")
        let document = try Console.json(try #require(Failure.document(of: error)))
        #expect(TPMCheck.reason("starting swtpm\n" + document + "\n") == "It is not there.")
        #expect(TPMCheck.reason("no such thing\nat all\n") == "no such thing")
        #expect(TPMCheck.reason("") == nil)
    }

    @Test func aTPMThatMayNotBeAskedIsNotWell() {
        let findings = TPMCheck(
            answer: .hidden("no"), memoryLocked: nil, keeperProblem: nil, isInstalled: true
        ).findings
        #expect(findings.allSatisfy { $0.severity == .notChecked })
    }
}
