extension EnrichmentCase {
    /// The enrichment after a step.
    ///
    /// - Parameters:
    ///   - time: of the step, which a vendor's time runs out by.
    ///   - current: the contact's values at this moment; a merge is decided among them, and what was decided must still be so. Nil: a
    ///     step that the ledger has taken, which is not held against values again.
    /// - Throws: ``EnrichmentRefusal``, and nothing has changed.
    public func after(
        _ step: EnrichmentStep, at time: Timestamp,
        among current: [EnrichmentMerge.Contestant]? = nil
    ) throws(EnrichmentRefusal) -> EnrichmentCase {
        var next = self
        switch (step, state) {
        case (.received(let event), .collecting):
            // Else it would be told from the contact's own by nothing.
            guard
                !event.attributes.contains(where: { attribute in
                    current?.contains { $0.id == attribute.attributeId } ?? false
                })
            else { throw .otherValues }
            try next.take(event, at: time)
        case (.timedOut(let event), .collecting):
            let place = try waiting(for: event.vendor, event.attempt)
            guard deadline(of: vendors[place]) <= time.microsecondsSince1970 else {
                throw .notYet
            }
            next.end(place, .timedOut, at: time)
        case (.merged(let event), .collecting):
            guard isCollected, !candidates.isEmpty else { throw .notFrom(state) }
            if let current, event.decisions != decisions(among: current) {
                throw .otherDecisions
            }
            next.decisions = event.decisions
            next.state = .merged
        case (.provenanceRecorded(let event), .merged):
            try checkMerge(among: current)
            guard recorded < sources.count, event.source == sources[recorded] else {
                throw .otherValues
            }
            next.recorded += 1
            if next.recorded == sources.count { next.state = .provenanceRecorded }
        case (.enriched(let attributes, let event), .provenanceRecorded):
            try checkMerge(among: current)
            guard event.attributes == taken else { throw .otherValues }
            if current != nil {
                guard attributes.map(\.attributeId) == taken, attributes.allSatisfy(isReceived)
                else { throw .otherValues }
            }
            next.state = .completed
        case (.failed(let reason), .collecting):
            guard reason != .noAnswer || (isCollected && candidates.isEmpty) else {
                throw .notFrom(state)
            }
            next.stop(.failed, reason)
        case (.rolledBack(.contactChanged), .merged) where rollbacks < Self.mostRollbacks:
            next.rollbacks += 1
            next.decisions = []
            next.state = .collecting
        case (.rolledBack(let reason), .merged): next.stop(.rolledBack, reason)
        case (.inconsistent(let reason), .provenanceRecorded): next.stop(.inconsistent, reason)
        default: throw .notFrom(state)
        }
        return next
    }

    /// The enrichment ended where it stands; nil: it had ended.
    public func stopped(_ reason: EnrichmentReason) -> EnrichmentCase? {
        var next = self
        switch state {
        case .collecting: next.stop(.failed, reason)
        case .merged: next.stop(.rolledBack, reason)
        case .provenanceRecorded: next.stop(.inconsistent, reason)
        case .completed, .failed, .rolledBack, .inconsistent: return nil
        }
        return next
    }

    /// What the rule says now.
    public func decisions(
        among current: [EnrichmentMerge.Contestant]
    ) -> [EnrichmentDecision] {
        EnrichmentMerge.decisions(on: candidates.map(\.contestant), among: current)
    }

    /// Whether what was decided still holds against the contact's values.
    public func isDecided(among current: [EnrichmentMerge.Contestant]) -> Bool {
        decisions == decisions(among: current)
    }

    private func checkMerge(
        among current: [EnrichmentMerge.Contestant]?
    ) throws(EnrichmentRefusal) {
        if let current, !isDecided(among: current) { throw .contactChanged }
    }

    private mutating func take(
        _ event: EnrichmentReceived, at time: Timestamp
    ) throws(EnrichmentRefusal) {
        let place = try waiting(for: event.vendor, event.attempt)
        let hasResults = event.outcome == .results
        guard event.outcome != .timedOut, event.attributes.isEmpty == !hasResults,
            (event.provenance != nil) == hasResults
        else { throw .otherValues }
        if let provenance = event.provenance {
            try take(event.attributes, from: provenance, of: event.vendor, at: time)
        }
        end(place, event.outcome, at: time)
    }

    private mutating func take(
        _ attributes: [AttributeEnriched], from provenance: ProvenanceRecorded, of vendor: String,
        at time: Timestamp
    ) throws(EnrichmentRefusal) {
        let types = attributes.map(\.attributeType)
        guard provenance.sourceType == .vendor, provenance.sourceIdentity == vendor,
            provenance.isWellFormed, provenance.attributedData != nil,
            provenance.attributes == attributes.map(\.attributeId),
            attributes.allSatisfy({ $0.provenanceId == provenance.provenanceId }),
            Set(types).count == types.count, Set(types).isSubset(of: requested.attributeTypes),
            !sources.contains(where: { $0.provenanceID == provenance.provenanceId }),
            attributes.allSatisfy({ attribute in
                attribute.isWellFormed(at: time)
                    && !candidates.contains { $0.contestant.id == attribute.attributeId }
            })
        else { throw .otherValues }
        sources.append(provenance.source)
        let rank = EnrichmentMerge.sourceRank(.vendor, vendor, vendors: vendors.map(\.id))
        candidates += attributes.map { attribute in
            Candidate(
                contestant: EnrichmentMerge.Contestant(
                    id: attribute.attributeId, type: attribute.attributeType,
                    confidence: attribute.confidence, validFrom: attribute.validFrom,
                    sourceRank: rank),
                validUntil: attribute.validUntil,
                authTag: attribute.value.authTag.base64EncodedString())
        }
    }

    /// Whether these are the bytes that came.
    private func isReceived(_ attribute: AttributeEnriched) -> Bool {
        candidates.contains {
            $0.contestant.id == attribute.attributeId
                && $0.contestant.type == attribute.attributeType
                && $0.contestant.confidence == attribute.confidence
                && $0.contestant.validFrom == attribute.validFrom
                && $0.validUntil == attribute.validUntil
                && $0.authTag == attribute.value.authTag.base64EncodedString()
        }
    }

    private func waiting(
        for vendor: String, _ attempt: Int
    ) throws(EnrichmentRefusal) -> Int {
        guard let place = vendors.firstIndex(where: { $0.id == vendor }) else {
            throw .unknownVendor
        }
        guard vendors[place].outcome == nil, vendors[place].attempt == attempt else {
            throw .attemptIsOver
        }
        return place
    }

    /// An attempt is over. One without an answer is followed by another, while some are left.
    private mutating func end(_ place: Int, _ outcome: EnrichmentOutcome, at time: Timestamp) {
        let isAskedAgain = outcome != .results && outcome != .noData
        if isAskedAgain, vendors[place].attempt < requested.attempts {
            vendors[place].attempt += 1
            vendors[place].since = time.microsecondsSince1970
        } else {
            vendors[place].outcome = outcome
        }
    }

    private mutating func stop(_ state: EnrichmentState, _ reason: EnrichmentReason) {
        self.state = state
        self.reason = reason.rawValue
    }

    /// Whoever changes a contact that often while it is merged does so for good.
    static let mostRollbacks = 3
}

extension ProvenanceRecorded {
    fileprivate var source: EnrichmentCase.Source {
        EnrichmentCase.Source(provenanceID: provenanceId, hash: attributedData?.hash ?? "")
    }
}

extension AttributeEnriched {
    /// Whether its parts are what their names say.
    ///
    /// - Parameter time: of the entry: what holds only later is not known yet, but for a clock that runs ahead a little.
    fileprivate func isWellFormed(at time: Timestamp) -> Bool {
        guard (try? EntityID(attributeId))?.text == attributeId,
            (try? AttributeType(attributeType)) != nil,
            Confidence(tenThousandths: confidence) != nil,
            let from = Timestamp(text: validFrom),
            from.microsecondsSince1970 <= time.microsecondsSince1970 + 300_000_000
        else { return false }
        guard let validUntil else { return true }
        return Timestamp(text: validUntil).map { from < $0 } ?? false
    }
}
