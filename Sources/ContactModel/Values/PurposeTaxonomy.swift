/// Which purposes are kinds of others. Coded, not configured: what a consent means does not change with a setting.
///
/// A purpose that is not listed is a kind of nothing but itself.
public enum PurposeTaxonomy {
    private static let parents = [
        "sales_outreach": "sales",
        "campaign_management": "marketing",
    ]

    /// Whether `purpose` is `general` or a kind of it, at any remove.
    public static func includes(_ general: String, _ purpose: String) -> Bool {
        general == purpose || generalizations(of: purpose).contains(general)
    }

    /// What `purpose` is a kind of, at any remove, nearest first.
    public static func generalizations(of purpose: String) -> [String] {
        var found: [String] = []
        var current = purpose
        // Each step climbs; a ring in the table would end at its length.
        while found.count < parents.count, let parent = parents[current] {
            found.append(parent)
            current = parent
        }
        return found
    }
}
