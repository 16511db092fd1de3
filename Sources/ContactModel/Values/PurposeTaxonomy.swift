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
        var current: String? = purpose
        // Each step climbs; a ring in the table would end at its length.
        for _ in 0...parents.count {
            guard let name = current else { return false }
            if name == general { return true }
            current = parents[name]
        }
        return false
    }
}
