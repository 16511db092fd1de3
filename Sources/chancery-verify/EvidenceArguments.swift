internal import Foundation
internal import LedgerVerification

/// What the paths on the command line are.
struct EvidenceArguments {
    /// Addresses of published trees.
    var addresses: [String] = []
    /// Directories with segments.
    var ledgers: [String] = []
    var segmentFiles: [String] = []
    var receipts: [String] = []
    /// The trust file that lies in the data directory, if nothing else but receipts is given: its keys may speak
    /// for what lies beside them and for nothing else, whatever the order of the arguments.
    var trustBesideEvidence: String? {
        guard ledgers.count == 1, segmentFiles.isEmpty, addresses.isEmpty else { return nil }
        return trustOfDataDirectory
    }
    private var trustOfDataDirectory: String?

    /// - Parameter isAlone: whether nothing else is to be verified.
    /// - Throws: `unreadable` for a path that is not there.
    init(paths: [String], isAlone: Bool) throws(VerificationFailure) {
        for path in paths {
            if path.hasPrefix("https://") || path.hasPrefix("http://") {
                addresses.append(path)
                continue
            }
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw VerificationFailure(.unreadable, file: path, "there is no such file")
            }
            if isDirectory.boolValue {
                addDirectory(path)
            } else if path.hasSuffix(".sqlite") {
                segmentFiles.append(path)
            } else if path.hasSuffix(".manifest") {
                // Found beside its segment; accepted so that `segment-*` works on a command line.
                continue
            } else {
                receipts.append(path)
            }
        }
        guard
            !isAlone || !ledgers.isEmpty || !segmentFiles.isEmpty || !receipts.isEmpty
                || !addresses.isEmpty
        else {
            throw VerificationFailure(
                .noSegments, "manifests alone prove nothing; give the segment files too")
        }
    }

    private mutating func addDirectory(_ path: String) {
        let ledger = (path as NSString).appendingPathComponent("ledger")
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: ledger, isDirectory: &isDirectory),
            isDirectory.boolValue
        else {
            ledgers.append(path)
            return
        }
        let trust = (path as NSString).appendingPathComponent("trust.json")
        if FileManager.default.fileExists(atPath: trust) { trustOfDataDirectory = trust }
        ledgers.append(ledger)
    }
}
