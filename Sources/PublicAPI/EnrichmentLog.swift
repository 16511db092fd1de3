import ContactServices
import Logging

/// What the log says of enrichments.
enum EnrichmentLog {
    private static let logger = Logger(label: "chancery.enrichments")

    static func write(_ notice: EnrichmentRunner.Notice) {
        switch notice {
        case .inconsistent(let id):
            logger.error(
                "provenance tells of values that a contact did not get; look at the enrichment, whose alert is in the audit trail",
                metadata: ["enrichment": "\(id.text)"])
        case .waits(let code):
            logger.notice("enrichments wait", metadata: ["code": "\(code.rawValue)"])
        }
    }
}
