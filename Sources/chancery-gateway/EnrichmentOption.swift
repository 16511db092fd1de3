import ArgumentParser
import ContactModel

/// `--enrich-with`: vendors that are asked about every new contact.
enum EnrichmentOption {
    /// - Returns: nil where nobody is named.
    static func draft(asking vendors: [String]) throws -> EnrichmentDraft? {
        guard !vendors.isEmpty else { return nil }
        do throws(ContactModel.ValidationError) {
            return try EnrichmentDraft(vendors: vendors)
        } catch {
            throw ArgumentParser.ValidationError("--enrich-with: \(error.message)")
        }
    }
}
