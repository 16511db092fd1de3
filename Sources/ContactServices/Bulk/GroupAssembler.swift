import ContactModel
import Foundation

/// Reads lines, claims their refs in order, and cuts a group where it would become too many entries or name too many
/// purposes (an append has one audit entry, which lists the purposes of all its lines).
struct GroupAssembler: Sendable {
    let parser: any BulkLineParser
    let refs: RefTable
    let authorized: Authorized

    func groups(of lines: [BulkLine], numberedFrom first: Int) async -> [BulkGroup] {
        var groups: [BulkGroup] = []
        var group = BulkGroup(number: first)
        var purposes = LinePurposes(authorized)
        for line in lines {
            let parsed = parse(line)
            // A line's own purpose comes before that of `X-Purpose`.
            let purpose = parsed.purpose ?? authorized.purposes.first
            let weight = parsed.weight
            if !group.hasRoom(weight: weight, purpose: purpose) {
                groups.append(group)
                group = BulkGroup(number: group.number + 1)
            }
            group.weight += weight
            group.bytes += line.byteCount
            if let purpose, !group.purposes.contains(purpose) { group.purposes.append(purpose) }
            let refusal = Self.refusal(of: parsed, for: purpose, &purposes, &group)
            await add(parsed, line.number, refusal, to: &group)
        }
        return groups + [group]
    }

    private func parse(_ line: BulkLine) -> ParsedLine {
        switch line.content {
        case .bytes(let bytes): return parser.parse(bytes)
        case .tooLong:
            let error = ServiceError(
                .tooLarge, "A line is at most \(ServiceLimits.bulkLineBytes) bytes; split it up.")
            return ParsedLine(declares: nil, purpose: nil, command: .failure(error))
        }
    }

    private func add(
        _ parsed: ParsedLine, _ number: Int, _ refusal: ServiceError?, to group: inout BulkGroup
    ) async {
        var line = BulkGroup.Line(number: number, declares: nil, command: parsed.command)
        if let refusal { line.command = .failure(refusal) }
        if let ref = parsed.declares {
            do throws(ServiceError) {
                try await refs.claim(ref)
                line.declares = ref
            } catch {
                line.command = .failure(error)
            }
        }
        if case .success(let command) = line.command {
            group.footprint.add(command.idempotency.key)
            if let ref = line.declares { group.footprint.add(naming: ref) }
            line.command = await touch(command, &group.footprint)
        }
        group.lines.append(line)
    }

    private static func refusal(
        of line: ParsedLine, for purpose: PurposeCode?, _ purposes: inout LinePurposes,
        _ group: inout BulkGroup
    ) -> ServiceError? {
        guard case .success(let command) = line.command else { return nil }
        guard let purpose else { return .missingPurpose }
        var draft: ContactDraft?
        if case .createContact(let contact) = command.operation { draft = contact }
        var named = ""
        if case .contact(let id)? = command.target { named = id.text }
        let verdict = purposes.verdict(for: purpose, creates: draft != nil, on: named)
        group.add(policies: verdict.policies)
        if let refusal = verdict.refusal { return refusal }
        guard let draft else { return nil }
        do throws(ServiceError) {
            try PurposeGuard.check([purpose], of: draft)
            return nil
        } catch {
            return error
        }
    }

    /// Notes which contact the command touches.
    private func touch(
        _ command: BulkCommand, _ footprint: inout GroupFootprint
    ) async -> Result<BulkCommand, ServiceError> {
        switch command.target {
        case nil:
            if case .createContact(let draft) = command.operation {
                footprint.add(creating: draft.email)
            }
        case .contact(let id): footprint.add(id, named: await refs.name(of: id))
        case .ref(let ref):
            switch await refs[ref] {
            case nil: return .failure(.unknownRef(ref))
            case .failed: return .failure(.failedRef(ref))
            case .pending: footprint.add(ref, known: nil)
            case .contact(let id): footprint.add(ref, known: id)
            }
        }
        return .success(command)
    }
}

extension ParsedLine {
    /// No more entries, and no more encrypted values, than this come of the line.
    fileprivate var weight: Int {
        guard case .success(let command) = command else { return 0 }
        return switch command.operation {
        case .createContact(let draft): 3 + draft.consents.count + 2 * draft.attributes.count
        case .addAttributes(_, let attributes): 2 * attributes.count
        case .grantConsent: 1
        }
    }
}

extension ServiceError {
    public static let missingPurpose = ServiceError(
        .missingPurpose, "Say what for in the X-Purpose header, e.g. sales_outreach.")

    static func unknownRef(_ ref: Reference) -> ServiceError {
        ServiceError(
            .unknownRef,
            "No earlier line of this stream creates a contact with the ref \"\(ref.text)\".",
            pointer: "/ref")
    }

    static func failedRef(_ ref: Reference) -> ServiceError {
        ServiceError(
            .failedRef,
            "The create with the ref \"\(ref.text)\" was refused, so this line was not done; see its result.",
            pointer: "/ref")
    }
}
