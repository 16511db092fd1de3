import Foundation

/// Asks the ledger, through the gateway, to seal its active segment.
struct Sealing {
    let home: Home
    let base: String

    struct Sealed: Codable, Sendable {
        let segment: UInt64
        let firstIndex: UInt64
        let count: UInt64
        let manifestHash: String

        var line: String {
            "sealed segment \(segment): \(Figures.grouped(count)) entries from index \(Figures.grouped(firstIndex)), "
                + "manifest \(manifestHash)"
        }
    }

    func seal() async throws -> Sealed {
        // VACUUM INTO and the full verification of the result take their time on a large segment.
        try await OperatorRequest(home: home, base: base).send(
            .POST, "/api/v1/ledger/seal", timeout: .minutes(30),
            failing: "The ledger did not seal",
            next: "See `chancery status`; sealing again is safe.", as: Sealed.self)
    }
}
