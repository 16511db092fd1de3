import Glibc
import ProcessBoundary

/// Authorizations that the keeper draws for a TPM on an appliance. It writes them to a directory of its own, on the disk and
/// before the TPM hears of them; root takes the file from there.
struct DrawnAuthorizations {
    private let directory: String
    private let usual: String

    private static let name = "tpm-authorizations"

    init(_ appliance: Appliance) {
        directory = appliance.places.configuration + "/authorizing"
        usual = appliance.places.authorizations
    }

    /// What a run that was interrupted left may be in the TPM already: it is kept.
    func keep() throws(OperatorError) { try take(to: usual) }

    /// - Parameter provision: is told where the keeper's program writes them.
    func draw(to target: String, _ provision: (DaemonRun.Argument) throws -> Void) throws {
        try Ownership(directory, 0o700, .keeper).ensure()
        let result = Result { try provision(.file(Self.name, in: directory)) }
        try take(to: target)
        rmdir(directory)
        try result.get()
    }

    private func take(to target: String) throws(OperatorError) {
        let drawn = directory + "/" + Self.name
        guard Files.exists(drawn) else { return }
        do throws(SystemError) {
            try SystemFile.replace(try SystemFile.read(drawn, limit: 1 << 16), at: target)
            try SystemFile.remove(drawn)
        } catch {
            throw .system(error)
        }
        SELinuxLabels.restore([target])
    }
}
