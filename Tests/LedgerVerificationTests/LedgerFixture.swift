import Crypto
import Foundation
import GRDB
import LedgerFormat
import LedgerVerification
import TestSupport

/// Writes small real ledgers, row by row, and keeps all the state that a ledger keeps.
final class LedgerFixture {
    let directory: TemporaryDirectory
    let keys: TestKeys
    private(set) var origin: String
    private(set) var generation: UInt64 = 1
    /// Attests the seals; nil for seals without attestation.
    var tpm: TestTPM?
    private(set) var trust: TrustFile

    private(set) var segment: UInt64 = 0
    private(set) var frontier = MerkleFrontier()
    private(set) var headers: [[UInt8]] = []
    private(set) var payloads: [[UInt8]] = []
    private(set) var leaves: [Digest32] = []
    private(set) var notes: [UInt64: [UInt8]] = [:]
    private(set) var manifestHash: Digest32?
    private var lastSeal: TestTPM.SignedSeal?
    private var time: Int64 = 1_790_000_000_000_000
    private(set) var heads: [String: SubjectHeads.Head] = [:]
    private var segmentStart: UInt64 = 0
    private var database: DatabaseQueue?
    private var isActiveOpen = false

    init(
        keys: TestKeys? = nil, origin: String = TestKeys.origin, trusted: [TrustedKey]? = nil,
        tpm: TestTPM? = nil
    ) throws {
        directory = try TemporaryDirectory()
        self.keys = try keys ?? TestKeys()
        self.origin = origin
        self.tpm = tpm
        let attestationKeys = try tpm.map { [try $0.trustedKey()] } ?? []
        trust = try TrustFile(generations: [
            .init(
                generation: 1, origin: TestKeys.origin,
                keys: try trusted
                    ?? [self.keys.logKey(), self.keys.manifestKey()] + attestationKeys)
        ])
        try FileManager.default.createDirectory(
            atPath: ledger, withIntermediateDirectories: true)
        try writeTrust()
    }

    /// Two sealed segments and an active one, five to seven entries each.
    static func standard(tpm: TestTPM? = nil) throws -> LedgerFixture {
        let fixture = try LedgerFixture(tpm: tpm)
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.subject(1), .subject(1, stream: .consent), .audit()])
        try fixture.group([.subject(2), .subject(1), .audit()])
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        try fixture.group([.subject(1), .subject(3), .audit()])
        try fixture.group([.subject(2), .audit()])
        try fixture.publish()
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        try fixture.group([.subject(3), .subject(4), .audit()])
        try fixture.publish()
        try fixture.close()
        return fixture
    }

    // MARK: - Paths

    var ledger: String { directory.file("ledger") }
    var trustPath: String { directory.file("trust.json") }

    func path(_ segment: UInt64) -> String {
        (ledger as NSString).appendingPathComponent(SegmentSchema.fileName(segment: segment))
    }

    func manifestPath(_ segment: UInt64) -> String {
        (ledger as NSString).appendingPathComponent(SegmentSchema.manifestName(segment: segment))
    }

    // MARK: - Writing

    func writeTrust() throws {
        try Data(trust.encoded()).write(to: URL(fileURLWithPath: trustPath))
    }

    func trust(_ keys: [TrustedKey]) throws {
        trust = try TrustFile(generations: [
            .init(generation: 1, origin: TestKeys.origin, keys: keys)
        ])
        try writeTrust()
    }

    /// A trust file with the same keys, as far as their names allow, in every generation.
    func trust(generations: [UInt64], keys: [TrustedKey]) throws {
        trust = try TrustFile(
            generations: generations.map { number in
                .init(
                    generation: number, origin: "test.localhost/g\(number)",
                    keys: number == 1 ? keys : keys.filter { $0.use == .segmentManifest })
            })
        try writeTrust()
    }

    /// Starts the next segment, in WAL mode.
    func begin() throws {
        segment += 1
        segmentStart = frontier.size
        let queue = try DatabaseQueue(path: path(segment))
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode=WAL")
            try db.execute(sql: "PRAGMA application_id=\(SegmentSchema.applicationID)")
            try db.execute(sql: "PRAGMA user_version=\(SegmentSchema.userVersion)")
            for statement in SegmentSchema.statements { try db.execute(sql: statement) }
            try db.execute(
                sql: "INSERT INTO segment VALUES (?, 1, ?, ?, ?, ?)",
                arguments: [segment, generation, segmentStart, origin, leaves.last.map { $0.data }])
        }
        database = queue
    }

    func activateKeys() throws {
        try group(announcements())
    }

    /// Of the current generation's keys.
    func announcements() throws -> [EntryDraft] {
        try (trust.generation(generation)?.keys ?? []).map { try EntryDraft.activated($0) }
    }

    /// Goes on, behind what is sealed, with the next generation's first segment and the same keys under its origin.
    func beginGeneration() throws {
        generation += 1
        origin = "test.localhost/g\(generation)"
        frontier = MerkleFrontier()
        (headers, payloads, leaves, notes, heads) = ([], [], [], [:], [:])
        let attestationKeys = try tpm.map { [try $0.trustedKey()] } ?? []
        trust = try TrustFile(
            generations: trust.generations + [
                .init(
                    generation: generation, origin: origin,
                    keys: [keys.logKey(origin: origin), keys.manifestKey()] + attestationKeys)
            ])
        try writeTrust()
        try begin()
    }

    func groupSealed() throws {
        try group([
            .sealed(segment - 1, manifestHash: try Test.unwrap(manifestHash))
        ])
    }

    /// One commit group: entries, boundary and, unless `signed` is false, its checkpoint.
    func group(
        _ drafts: [EntryDraft], signed: Bool = true, note: [UInt8]? = nil
    ) throws {
        let queue = try Test.unwrap(database)
        try queue.write { db in
            for draft in drafts { try append(draft, to: db) }
            let size = frontier.size
            try db.execute(sql: "INSERT INTO boundary VALUES (?)", arguments: [size])
            if signed {
                let bytes = try note ?? keys.note(size: size, root: frontier.root, origin: origin)
                notes[size] = bytes
                try db.execute(
                    sql: "INSERT INTO checkpoint VALUES (?, ?)", arguments: [size, Data(bytes)])
            }
        }
    }

    /// Publishes the newest checkpoint, or what stands in its place.
    func publish(_ note: [UInt8]? = nil) throws {
        let size = frontier.size
        let bytes = try note ?? keys.note(size: size, root: frontier.root, origin: origin)
        try Test.unwrap(database).write { db in
            try db.execute(
                sql: "INSERT INTO published VALUES (?, ?)", arguments: [size, Data(bytes)])
        }
    }

    private func append(_ draft: EntryDraft, to db: Database) throws {
        let index = frontier.size
        let payload = draft.payload(index: index)
        time += draft.step
        let key = "\(draft.subject?.hex ?? "")/\(draft.stream.rawValue)"
        let head = draft.subject == nil ? nil : heads[key]
        let version = draft.subject == nil ? nil : draft.subjectVersion ?? (head?.version ?? 0) + 1
        let previous = draft.subjectPrevious ?? head?.lastIndex
        let header = try EntryHeader(
            generation: generation, index: index,
            time: Test.unwrap(LedgerTime(microsecondsSince1970: time)),
            id: "01900000-0000-7000-8000-" + String(format: "%012x", index), stream: draft.stream,
            type: draft.type, actor: "tester", label: "s1/i1", subject: draft.subject,
            subjectVersion: version, subjectPrevious: previous, previous: leaves.last,
            payloadHash: PayloadCommitment.hash(payload))
        var bytes = header.canonicalBytes()
        if let rewrite = draft.rewriteHeader { bytes = rewrite(bytes) }
        if let tag = draft.subject, let version {
            heads[key] = .init(tag: tag, stream: draft.stream, lastIndex: index, version: version)
        }
        headers.append(bytes)
        payloads.append(payload)
        leaves.append(MerkleTree.leafHash(bytes))
        frontier.append(leaves[leaves.count - 1])
        try db.execute(
            sql: "INSERT INTO entry VALUES (?, ?, ?)",
            arguments: [index, Data(bytes), Data(payload)])
    }

    /// Leaves the active segment as a stopped ledger does.
    func close() throws {
        try database?.close()
        database = nil
    }

    /// Makes the segment final and writes its manifest.
    ///
    /// - Parameter tamper: what becomes of the attestation.
    func seal(_ tamper: SealTampering? = nil) throws {
        try Test.unwrap(database).writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode=DELETE")
            try db.execute(sql: "VACUUM")
        }
        try close()
        try writeManifest(segment, previous: manifestHash, tamper)
    }

    /// Writes a manifest, correctly signed, for whatever the file is now.
    func writeManifest(
        _ segment: UInt64, previous: Digest32?, _ tamper: SealTampering? = nil
    ) throws {
        let file = try Data(contentsOf: URL(fileURLWithPath: path(segment)))
        let sorted = heads.values.sorted { $0.precedes($1) }
        let body = try SegmentManifestBody(
            segment: segment, generation: generation, origin: origin, firstIndex: segmentStart,
            count: frontier.size - segmentStart, firstLeafHash: leaves[Int(segmentStart)],
            lastLeafHash: Test.unwrap(leaves.last), root: frontier.root,
            subjectHeadsRoot: SubjectHeads.root(sorted: sorted),
            fileHash: Test.unwrap(Digest32(Data(SHA256.hash(data: file)))),
            fileSize: UInt64(file.count), previousManifestHash: previous,
            sealedAt: Test.unwrap(LedgerTime(microsecondsSince1970: time)))
        var manifest = try keys.manifest(body).fileBytes()
        if let attestation = try attestation(of: body, tamper) {
            manifest = TestTPM.manifest(manifest, with: attestation)
        }
        try write(manifest, to: manifestPath(segment))
        manifestHash = Digest32(Data(SHA256.hash(data: manifest)))
    }

    private func attestation(
        of body: SegmentManifestBody, _ tamper: SealTampering?
    ) throws -> [UInt8]? {
        guard var seal = tpm?.seal(body), let tpm, tamper != .stripped else { return nil }
        try tamper?.changeStatements(&seal)
        var signed = try tpm.sign(seal)
        try tamper?.changeSigned(&signed, seal, before: lastSeal)
        lastSeal = signed
        return try signed.canonicalBytes()
    }

    // MARK: - Verifying

    func verify(trust: TrustFile?? = nil) async -> VerificationReport {
        do throws(VerificationFailure) {
            return try await LedgerEvidence(directory: ledger).verify(trust: trust ?? self.trust)
        } catch {
            return VerificationReport(failure: error)
        }
    }

    /// The failure as "code segment/index", which is what most tests are about.
    func failure() async -> String {
        guard let failure = await verify().failure else { return "none" }
        let segment = failure.segment.map { "\($0)" } ?? "-"
        let index = failure.index.map { "\($0)" } ?? "-"
        return "\(failure.code.rawValue) \(segment)/\(index)"
    }
}
