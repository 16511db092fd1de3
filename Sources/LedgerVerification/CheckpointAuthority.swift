internal import LedgerFormat

/// Who may sign checkpoints of one generation, and at which sizes (FORMAT 4).
struct CheckpointAuthority: Sendable {
    private struct Key: Sendable {
        let note: NoteKey
        let trusted: TrustedKey
        /// The log's own Ed25519 key, the only one that signs for commit groups.
        let isLogKey: Bool
    }

    let origin: String
    /// Nil without a trust file: then everything but the signatures is checked.
    private let keys: [Key]?
    /// The log keys, prepared for the checkpoints of commit groups.
    /// Nil without a trust file.
    let trusted: TrustFile.Generation?
    private let logKeys: [(checkpoint: GroupCheckpoint, trusted: TrustedKey)]

    /// - Throws: `trustFile` when a key of the trust file is malformed.
    init(origin: String, trusted: TrustFile.Generation?) throws(VerificationFailure) {
        self.trusted = trusted
        self.origin = origin
        guard let trusted else {
            keys = nil
            logKeys = []
            return
        }
        var keys: [Key] = []
        for key in trusted.keys where key.use == .checkpoint {
            guard let note = key.noteKey else {
                throw VerificationFailure(
                    .trustFile, "key \(key.keyID) of the trust file cannot sign notes")
            }
            keys.append(
                Key(
                    note: note, trusted: key,
                    isLogKey: key.algorithm == .ed25519 && note.name == origin))
        }
        self.keys = keys
        logKeys = keys.filter(\.isLogKey).compactMap { key in
            GroupCheckpoint(origin: origin, key: key.note).map { ($0, key.trusted) }
        }
    }

    /// - Returns: what is wrong with the checkpoint, or nil.
    func check(_ job: CheckpointJob) -> VerificationFailure? {
        if let root = job.root,
            logKeys.contains(where: {
                $0.trusted.counts(atSize: job.size)
                    && $0.checkpoint.isSigned(job.note, size: job.size, root: root)
            })
        {
            return nil
        }
        do throws(VerificationFailure) {
            let checkpoint = try open(job.note, kind: job.kind)
            guard checkpoint.size == job.size else {
                throw VerificationFailure(
                    .checkpointMalformed, "it is of size \(checkpoint.size)")
            }
            if let root = job.root, checkpoint.root != root {
                throw VerificationFailure(
                    .rootMismatch,
                    "it is signed over root \(checkpoint.root.hex), the entries give \(root.hex)")
            }
            return nil
        } catch {
            let kind = job.kind == .group ? "checkpoint" : "published checkpoint"
            return VerificationFailure(
                error.code, index: job.index, from: error.code == .rootMismatch ? job.from : nil,
                "\(kind) of size \(job.size): \(error.reason)")
        }
    }

    /// The checkpoint in a note, if it is of this origin and a log key valid at its size signed it.
    func open(
        _ bytes: [UInt8], kind: CheckpointJob.Kind
    ) throws(VerificationFailure) -> Checkpoint {
        let (note, checkpoint) = try Self.parse(bytes)
        guard checkpoint.origin == origin else {
            throw VerificationFailure(
                .checkpointMalformed, "it is of origin \(checkpoint.origin), not \(origin)")
        }
        guard kind == .published || note.signatures.count == 1 else {
            throw VerificationFailure(
                .checkpointMalformed, "a group checkpoint has exactly one signature line")
        }
        try checkSignatures(of: note, size: checkpoint.size, kind: kind)
        return checkpoint
    }

    /// The checkpoint in a note, form only.
    static func parse(
        _ bytes: [UInt8]
    ) throws(VerificationFailure) -> (SignedNote, Checkpoint) {
        let note: SignedNote
        do throws(SignedNoteError) {
            note = try SignedNote(parsing: bytes)
        } catch {
            throw VerificationFailure(.checkpointMalformed, error.message)
        }
        do throws(CheckpointError) {
            return (note, try Checkpoint(parsing: note.text))
        } catch {
            throw VerificationFailure(.checkpointMalformed, error.message)
        }
    }

    private func checkSignatures(
        of note: SignedNote, size: UInt64, kind: CheckpointJob.Kind
    ) throws(VerificationFailure) {
        guard let keys else { return }
        // Known keys outside their range are verified too: a bad line by a known key spoils a note.
        let verified: VerifiedNote
        do throws(SignedNoteError) {
            verified = try note.verified(by: keys.map(\.note))
        } catch {
            throw VerificationFailure(.checkpointSignature, error.message)
        }
        let signers = keys.filter {
            ($0.isLogKey || kind == .published) && verified.signers.contains($0.note)
        }
        guard !signers.isEmpty else {
            throw VerificationFailure(
                .checkpointSignature, "no log key of the trust file signed it")
        }
        guard signers.contains(where: { $0.trusted.counts(atSize: size) }) else {
            throw VerificationFailure(
                .checkpointSignature,
                "the key that signed it is not valid at size \(size)")
        }
    }
}
