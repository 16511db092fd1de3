import ContactModel
import ContactServices
import Hummingbird

/// `q` (an email address, or words of a name), `purpose`, `source`, `createdFrom`, `createdUntil`, `limit`, `cursor`: at least one of the
/// first five. An address stands alone.
enum ContactSearchQuery: Sendable {
    case email(EmailAddress)
    case search(ContactSearch)

    private static let filters = ["purpose", "source", "createdFrom", "createdUntil"]

    static func read(_ request: Request) throws(ServiceError) -> ContactSearchQuery {
        let reader = try QueryReader(request, Set(filters + ["q", "limit", "cursor"]))
        let others = (filters + ["limit", "cursor"]).filter { reader.optionalText($0) != nil }
        let text = reader.optionalText("q")
        guard text.map({ !$0.isEmpty }) ?? others.contains(where: filters.contains) else {
            throw ServiceError(
                .missingParameter,
                "Say what to look for: q, or one of \(filters.joined(separator: ", ")).")
        }
        if let text, text.contains("@") {
            guard others.isEmpty else {
                throw ServiceError(.invalidParameter, "An address in q stands alone.")
            }
            do throws(ValidationError) {
                return .email(try EmailAddress(text))
            } catch {
                throw ServiceError(error)
            }
        }
        var search = try ContactSearch(text: text)
        search.purpose = try purpose(reader)
        search.source = try source(reader)
        search.from = try TimeParameter.optional("createdFrom", reader)
        search.until = try TimeParameter.optional("createdUntil", reader)
        search.cursor = try Cursor.place(reader)
        search.limit = try Cursor.limit(reader, in: ContactSearch.limits, or: 20)
        return .search(search)
    }

    private static func purpose(_ reader: QueryReader) throws(ServiceError) -> PurposeCode? {
        guard let text = reader.optionalText("purpose") else { return nil }
        do throws(ValidationError) {
            return try PurposeCode(text)
        } catch {
            throw ServiceError(.invalidParameter, error.message)
        }
    }

    private static func source(_ reader: QueryReader) throws(ServiceError) -> String? {
        guard let text = reader.optionalText("source") else { return nil }
        do throws(ValidationError) {
            return try ProvenanceSource(type: SourceType.vendor.rawValue, identity: text).identity
        } catch {
            throw ServiceError(
                .invalidParameter, "source is a sourceIdentity, as attributes name it.")
        }
    }
}
