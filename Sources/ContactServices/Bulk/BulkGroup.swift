import ContactModel

/// Lines that become one append: read, refs claimed.
struct BulkGroup: Sendable {
    let number: Int
    /// What the one audit entry names, in order of appearance.
    var purposes: [PurposeCode] = []
    /// The access policies that decided on its lines, likewise.
    private(set) var policies: [String] = []
    var lines: [Line] = []
    /// Upper bound of the entries its lines become; of the values they encrypt, too.
    var weight = 0
    /// Of its lines.
    var bytes = 0
    var footprint = GroupFootprint()

    init(number: Int, purposes: [PurposeCode] = []) {
        self.number = number
        self.purposes = purposes
    }

    /// Whether a line may join.
    func hasRoom(weight: Int, purpose: PurposeCode?) -> Bool {
        if lines.isEmpty { return true }
        guard self.weight + weight <= ServiceLimits.bulkGroupEntries else { return false }
        guard let purpose, !purposes.contains(purpose) else { return true }
        let bytes = purposes.reduce(purpose.text.utf8.count) { $0 + $1.text.utf8.count + 1 }
        return bytes <= ServiceLimits.bulkGroupPurposeBytes
    }

    mutating func add(policies ids: [String]) {
        for id in ids where !policies.contains(id) && policies.count < ModelLimits.auditPolicies {
            policies.append(id)
        }
    }

    struct Line: Sendable {
        let number: Int
        /// Claimed by this line's create.
        var declares: Reference?
        var command: Result<BulkCommand, ServiceError>
    }
}
