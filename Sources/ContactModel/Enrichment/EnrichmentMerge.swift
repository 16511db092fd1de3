/// The rule between values of one type, a contact's own and those that vendors sent: the surest, then the freshest, then the one of the
/// better source. Pure, and no value is looked at: gateway and ledger come to the same decisions.
public enum EnrichmentMerge {
    /// A value as far as the rule goes.
    public struct Contestant: Hashable, Sendable, Codable {
        public let id: String
        /// Text of an `AttributeType`.
        public let type: String
        /// Ten-thousandths.
        public let confidence: Int
        /// `Timestamp` text, whose order is that of time.
        public let validFrom: String
        /// The lower the better.
        public let sourceRank: Int

        public init(id: String, type: String, confidence: Int, validFrom: String, sourceRank: Int) {
            self.id = id
            self.type = type
            self.confidence = confidence
            self.validFrom = validFrom
            self.sourceRank = sourceRank
        }
    }

    /// Sources from the most trusted on; vendors among themselves as they were asked, one that was not asked behind them all.
    public static func sourceRank(
        _ type: SourceType?, _ identity: String?, vendors: [String]
    ) -> Int {
        let order: [SourceType] = [
            .dataSubject, .operator, .crm, .vendor, .marketing, .derived,
        ]
        let kind = type.flatMap(order.firstIndex) ?? order.count
        let place = identity.flatMap(vendors.firstIndex) ?? vendors.count
        return kind * (ModelLimits.enrichmentVendors + 1) + place
    }

    /// - Parameters:
    ///   - received: in the order of the ledger.
    ///   - current: the contact's, one for each type.
    /// - Returns: one for each value received, in their order.
    public static func decisions(
        on received: [Contestant], among current: [Contestant]
    ) -> [EnrichmentDecision] {
        let own = Dictionary(current.map { ($0.type, $0) }, uniquingKeysWith: { $1 })
        var winners = own
        for value in received {
            guard let best = winners[value.type] else {
                winners[value.type] = value
                continue
            }
            if rule(value, against: best)?.wins == true { winners[value.type] = value }
        }
        return received.map { value in
            guard let winner = winners[value.type] else {
                return EnrichmentDecision(attributeId: value.id, isTaken: false)
            }
            guard winner.id == value.id else {
                return EnrichmentDecision(
                    attributeId: value.id, isTaken: false, other: winner.id,
                    rule: rule(winner, against: value)?.rule ?? .order)
            }
            let replaced = own[value.type]
            return EnrichmentDecision(
                attributeId: value.id, isTaken: true, other: replaced?.id,
                rule: replaced.flatMap { rule(value, against: $0)?.rule })
        }
    }

    /// Nil: nothing tells them apart.
    private static func rule(
        _ one: Contestant, against other: Contestant
    ) -> (wins: Bool, rule: EnrichmentRule)? {
        if one.confidence != other.confidence {
            return (one.confidence > other.confidence, .confidence)
        }
        if one.validFrom != other.validFrom {
            return (one.validFrom > other.validFrom, .freshness)
        }
        if one.sourceRank != other.sourceRank {
            return (one.sourceRank < other.sourceRank, .source)
        }
        return nil
    }
}
