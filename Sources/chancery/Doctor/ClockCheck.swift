import CLinux
import Foundation
import LedgerFormat

/// Entries never go back in time: a clock that does stops every write.
struct ClockCheck: Check {
    static let name = "clock"
    static let abstract =
        "against the last entry and the newest file of the ledger, the hardware clock; synchronized; not set meanwhile"
    static let things = ["entries", "synchronized", "hardware", "steady"]

    struct Moment: Sendable {
        let time: Date
        /// Where it stands.
        let of: String
    }

    let now: Date
    /// What was written before now, if the clock is right.
    let past: [Moment]
    /// Why more of the past is not known.
    let unseen: String?
    /// Nil: the kernel does not tell.
    let isSynchronized: Bool?
    let hardware: Sight<Date>
    /// Seconds by which the clock was set while we looked.
    let leap: TimeInterval
    let isInstalled: Bool

    /// As the ledger has it: steps of a time daemon, not a wrong clock.
    static let tolerance: TimeInterval = 2
    private static let largestDrift: TimeInterval = 60
    private static let largestLeap: TimeInterval = 0.5

    static func gather(_ patient: Patient) async -> ClockCheck {
        var past: [Moment] = []
        if let text = patient.status.ledger?.lastCheckpoint, let time = LedgerTime(text) {
            past.append(Moment(time: time.date, of: "the last checkpoint"))
        }
        let ledger = LedgerFiles.of(patient.home.ledger)
        let files = ledger.fact
        var unseen: String?
        if case .hidden(let reason) = ledger { unseen = reason }
        if let time = files?.sealedAt { past.append(Moment(time: time, of: "the last seal")) }
        if let time = files?.lastWrite {
            past.append(Moment(time: time, of: "the newest file of the ledger"))
        }
        let state = chancery_clock_is_synchronized()
        return ClockCheck(
            now: Date(), past: past, unseen: unseen, isSynchronized: state < 0 ? nil : state == 1,
            hardware: hardwareClock(), leap: ClockReading.take().leap(since: patient.begin),
            isInstalled: patient.isInstalled)
    }

    /// The kernel's own reading of it, in seconds since 1970.
    private static func hardwareClock() -> Sight<Date> {
        guard let data = FileManager.default.contents(atPath: "/sys/class/rtc/rtc0/since_epoch"),
            let seconds = TimeInterval(
                String(decoding: data, as: UTF8.self).trimmingCharacters(
                    in: .whitespacesAndNewlines))
        else { return .missing }
        return .seen(Date(timeIntervalSince1970: seconds))
    }

    var findings: [Finding] {
        [againstEntries, synchronized, againstHardware, steady]
    }

    private var againstEntries: Finding {
        let name = Self.named("entries")
        guard let last = past.max(by: { $0.time < $1.time }) else {
            if let unseen { return .notChecked(name, unseen) }
            return .noneHere(name, "nothing was written yet that the clock could be behind")
        }
        let behind = last.time.timeIntervalSince(now)
        guard behind > Self.tolerance else {
            return .ok(name, "\(now.ISO8601Format()), not behind \(last.of)")
        }
        return .error(
            name,
            "\(now.ISO8601Format()) is \(Figures.duration(behind)) behind \(last.of), \(last.time.ISO8601Format()): nothing is written until then",
            do:
                "set the clock (chronyc makestep; timedatectl set-time …); if it is right now: chancery clock-is-right"
        )
    }

    private var synchronized: Finding {
        let name = Self.named("synchronized")
        switch isSynchronized {
        case true?: return .ok(name, "by a time service")
        case nil: return .notChecked(name, "the kernel does not say (adjtimex)")
        case false? where !isInstalled:
            return .noneHere(name, "by no time service, and this is no installed machine")
        case false?:
            return .warning(
                name, "no time service keeps the clock right",
                do: "timedatectl set-ntp true; timedatectl timesync-status (or chronyc tracking)")
        }
    }

    private var againstHardware: Finding {
        let name = Self.named("hardware")
        guard case .seen(let hardware) = hardware else {
            return .noneHere(name, "no hardware clock that the kernel reads")
        }
        let drift = abs(hardware.timeIntervalSince(now))
        guard drift > Self.largestDrift else {
            return .ok(name, "differs by \(Figures.duration(drift))")
        }
        return .warning(
            name,
            "the hardware clock differs by \(Figures.duration(drift)): the next boot begins with it",
            do: "hwclock --systohc --utc, once the system's clock is right")
    }

    private var steady: Finding {
        let name = Self.named("steady")
        guard abs(leap) > Self.largestLeap else {
            return .ok(name, "nobody set it while we looked")
        }
        return .warning(
            name, "the clock was set by \(Figures.duration(leap)) while we looked",
            do: "find out what sets it (timedatectl timesync-status), then run this again")
    }
}
