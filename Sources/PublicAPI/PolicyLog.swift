import ContactServices
import Logging

/// What the log says of the access policies.
enum PolicyLog {
    private static let logger = Logger(label: "chancery.policies")

    static func write(_ notice: PolicyNotice) {
        switch notice {
        case .inForce(let version):
            logger.info(
                "access policies in force",
                metadata: ["version": version == 0 ? "compiled in" : "\(version)"])
        case .unreadable(let version):
            logger.error(
                "the ledger's access policies cannot be read, nobody is let in but an administrator, to set others: is this gateway older than the one that set them?",
                metadata: ["version": "\(version)"])
        case .skipped(let policy, let forbids, let error):
            logger.warning(
                forbids
                    ? "a policy that forbids could not be evaluated and forbade nothing; correct it"
                    : "a policy could not be evaluated and permitted nothing; correct it",
                metadata: ["policy": "\(policy)", "error": "\(error.rawValue)"])
        }
    }
}
