import Foundation
import LedgerFormat
import ProcessBoundary

/// Where escrows lie, outside the data directory: best a medium that is carried away.
///
/// ```
/// escrow.marker            "chancery escrow of LOG" LF mark (32 hex digits) LF
/// escrow-EPOCH             EscrowFile
/// keystore-EPOCH.sqlite    the keystore as it was when that escrow was made, or later: as wrapped by the root in it
/// ```
/// The marker tells the directory from an empty mount point: an escrow must not land on the disk that it is kept away from.
struct EscrowDirectory: Sendable {
    let path: String
    let mark: [UInt8]

    init(_ plan: EscrowPlan) {
        self.init(path: plan.directory, mark: plan.mark)
    }

    init(path: String, mark: [UInt8]) {
        self.path = path
        self.mark = mark
    }

    private static let marker = "escrow.marker"
    private static let escrowPrefix = "escrow-"
    private static let keystorePrefix = "keystore-"
    private static let maxMarker = 512

    func escrow(_ epoch: UInt64) -> String { "\(path)/\(Self.escrowPrefix)\(epoch)" }
    func keystore(_ epoch: UInt64) -> String { Self.keystore(epoch, in: path) }

    static func keystore(_ epoch: UInt64, in directory: String) -> String {
        "\(directory)/\(keystorePrefix)\(epoch).sqlite"
    }

    /// - Throws: `KeyCustodyError.unavailable` when it is not there, or is not the one that was set up.
    func check() throws(KeyCustodyError) {
        guard let bytes = try? SystemFile.read(path + "/" + Self.marker, limit: Self.maxMarker),
            Self.markOf(bytes) == mark
        else {
            throw KeyCustodyError(
                .unavailable,
                "the escrow directory \(path) is not there, or is not the one that was set up; mount it, or "
                    + "choose another with `chancery escrow setup`")
        }
    }

    /// Puts the marker into a directory that has none; one of another log stays as it is.
    func begin(logName: String) throws(KeyCustodyError) {
        let title = Self.title(logName)
        let file = path + "/" + Self.marker
        if let bytes = try? SystemFile.read(file, limit: Self.maxMarker) {
            guard String(decoding: bytes, as: UTF8.self).hasPrefix(title + "\n") else {
                throw KeyCustodyError(
                    .invalid, "\(path) holds the escrow of another ledger; choose another directory"
                )
            }
        }
        try write(Array("\(title)\n\(LowerHex.encode(mark))\n".utf8), to: file)
    }

    func write(_ escrow: EscrowFile) throws(KeyCustodyError) {
        try write(try escrow.bytes(), to: self.escrow(escrow.stamp.epoch))
    }

    /// Makes a copy beside the escrow what `keystore` names.
    func adopt(_ copy: String, epoch: UInt64) throws(KeyCustodyError) {
        do { try SystemFile.rename(copy, to: keystore(epoch)) } catch { throw Self.failure(error) }
    }

    func holds(_ epoch: UInt64) -> Bool {
        SystemFile.exists(escrow(epoch)) && SystemFile.exists(keystore(epoch))
    }

    /// Removes every escrow and keystore but those of `epoch`, durably.
    func removeAll(but epoch: UInt64?) throws(KeyCustodyError) {
        let kept = epoch.map { [escrow($0), keystore($0)] } ?? []
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: path)
            where name.hasPrefix(Self.escrowPrefix) || name.hasPrefix(Self.keystorePrefix) {
                guard !kept.contains("\(path)/\(name)") else { continue }
                try SystemFile.remove("\(path)/\(name)")
            }
            try SystemFile.sync(path)
        } catch let error as SystemError {
            throw Self.failure(error)
        } catch {
            throw KeyCustodyError(
                .unavailable, "the escrow directory \(path) cannot be listed; check its owner")
        }
    }

    private func write(_ bytes: [UInt8], to file: String) throws(KeyCustodyError) {
        do { try SystemFile.replace(bytes, at: file) } catch { throw Self.failure(error) }
    }

    private static func title(_ logName: String) -> String { "chancery escrow of \(logName)" }

    private static func markOf(_ bytes: [UInt8]) -> [UInt8]? {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.count == 2 ? LowerHex.decode(lines[1]) : nil
    }

    private static func failure(_ error: SystemError) -> KeyCustodyError {
        KeyCustodyError(.unavailable, "\(error); the escrow waits for its directory")
    }
}
