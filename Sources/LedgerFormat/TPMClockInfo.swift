// TPMS_CLOCK_INFO (TPM 2.0 Library Part 2, 10.11.1): clock UINT64, resetCount UINT32, restartCount UINT32,
// safe BYTE (0 or 1).

/// When a TPM signed, by its own count.
public struct TPMClockInfo: Sendable, Equatable {
    /// Milliseconds that the TPM was powered. May go back in a reset.
    public let clock: UInt64
    /// TPM resets since it was manufactured or cleared.
    public let resetCount: UInt32
    /// Restarts and resumes since the last reset.
    public let restartCount: UInt32
    /// Whether no higher `clock` was ever reported.
    public let isSafe: Bool

    init(_ reader: inout TPMReader) throws(TPMStructureError) {
        clock = try reader.integer("clock")
        resetCount = try reader.integer("resetCount")
        restartCount = try reader.integer("restartCount")
        let safe: UInt8 = try reader.integer("safe")
        guard safe <= 1 else { throw TPMStructureError(field: "safe", rule: "0 or 1") }
        isSafe = safe == 1
    }

    /// No restart of the TPM lies between the two.
    public func isOfOneRun(with other: TPMClockInfo) -> Bool {
        resetCount == other.resetCount && restartCount == other.restartCount
    }

    /// Whether the TPM can have been here before `other`, or at the same time. `clock` orders one run only.
    public func precedes(_ other: TPMClockInfo) -> Bool {
        (resetCount, restartCount, clock)
            <= (other.resetCount, other.restartCount, other.clock)
    }
}
