internal import ArgumentParser
internal import Foundation
internal import LedgerFormat
internal import LedgerVerification

/// Verifies evidence offline: no server, no secret, only the evidence and public keys.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chancery-verify",
        abstract:
            "Verify a Chancery ledger, segment files, or receipts, offline; or a published tree.",
        discussion: """
            Checks every value: file hashes, canonical headers, payload commitments, the
            chain, time, subjects, tree and signature at every group boundary, key ranges,
            manifests and their chain, file names and order. The first bad entry is named
            with segment, index and reason.

            Receipts given together with a ledger are compared with it. Of an address
            (https://…/ledger/) everything that is served there is checked: the signed
            checkpoint, all headers and their chain, all tiles, the root.

            EXIT CODES
              0  verified: everything holds
              1  verification failed: something does not hold, and is named; also a
                 generation that the trust file does not list
              2  wrong usage, or input that cannot be read
              3  verified in part: what could be checked holds, but something could not
                 be (no trust file, segments missing from the evidence, or entries at
                 the end that are durable but not yet signed)

            JSON (--json): one object on standard output; members only ever grow, and one
            without a value is left out
              format     "chancery-verify/1"
              outcome    "verified", "failed", "unusable" or "partial"
              exitCode   as above
              trust      {path, cameWithEvidence, caution}
              seconds, entriesPerSecond
              ledgers    [{path, report}], report: {outcome, entries, segments,
                         sealedSegments, attestedSegments, anchors, generations, generation,
                         origin, treeSize, root, signedSize, unsignedTail, liveTail,
                         keys, receiptsCompared, notChecked, notes, failure}
              receipts   [{path, outcome, index, leafHash, origin, treeSize, root,
                         signer, notChecked, failure}]
              subjects   [{path, outcome, subject, entries, segment, generation,
                         treeSize, auditEntries, openedRecords, notChecked, failure}]
              certificates [{path, outcome, subject, origin, signer, issuedAt, erasedAt,
                         epochBefore, epochAfter, escrowRemaining, recipients,
                         omittedRecipients, exceptions, notChecked, failure}]
              failure    the first of all: {code, segment, index, indexFrom, file,
                         offset, reason}; with indexFrom, one of entries indexFrom to
                         index is bad
            """)

    @Argument(
        help: """
            A data directory (it has ledger/), a ledger directory, segment files, receipts or \
            .tlog-proof files, or the address of a published tree.
            """)
    var paths: [String] = []

    @Option(
        name: .long,
        help: """
            Trust file with the public keys, from a source you trust. Default: trust.json of the \
            data directory, when nothing but that and receipts is given; it only shows that the \
            evidence agrees with itself.
            """)
    var trust: String?

    @Option(
        name: .long,
        help: "File with an entry's header bytes, for a proof that does not carry them.")
    var header: String?

    @Option(
        name: .long,
        help: "File with the detached JWS that came with a receipt (X-JWS-Signature); one receipt."
    )
    var signature: String?

    @Option(
        name: .long,
        help: """
            Document of one contact, as GET /api/v1/provenance/verify/{id} answers; may be given \
            again. With nothing else no paths are needed.
            """)
    var subject: [String] = []

    @Option(
        name: .long,
        help: """
            Certificate of an erasure, as GET /api/v1/dsr/{id}/certificate answers; may be given \
            again. With nothing else no paths are needed.
            """)
    var certificate: [String] = []

    @Option(name: .long, help: "PEM file of the CA that an address is trusted under.")
    var ca: String?

    @Option(name: .long, help: "File with the bearer token that entry bundles need.")
    var tokenFile: String?

    @Flag(name: .long, help: "Print one JSON object instead of a summary.")
    var json = false

    @Flag(name: .long, help: "Print nothing but a caution; the exit code tells.")
    var quiet = false

    func validate() throws {
        guard !paths.isEmpty || !subject.isEmpty || !certificate.isEmpty else {
            throw ValidationError("Missing expected argument '<paths> ...'")
        }
    }

    /// Verifies everything asked for and prints what was found.
    func verify() async -> ExitStatus {
        var result = CommandResult()
        let clock = ContinuousClock()
        let start = clock.now
        do throws(VerificationFailure) {
            let evidence = try EvidenceArguments(
                paths: paths, isAlone: subject.isEmpty && certificate.isEmpty)
            let trustFile = try readTrust(evidence, into: &result)
            // Receipts first: what they prove, the ledger must agree with.
            let claims = try receipts(evidence.receipts, trust: trustFile, into: &result)
            for path in subject { result.add(Self.subject(path, trust: trustFile)) }
            for path in certificate { result.add(Self.certificate(path, trust: trustFile)) }
            for path in evidence.ledgers {
                result.add(await ledger(path, trust: trustFile, claims: claims), path: path)
            }
            if !evidence.segmentFiles.isEmpty {
                let report = try await run(
                    LedgerEvidence(files: evidence.segmentFiles), trust: trustFile, claims: claims)
                result.add(report, path: evidence.segmentFiles.joined(separator: " "))
            }
            for address in evidence.addresses {
                result.add(
                    try await published(address, trust: trustFile, claims: claims), path: address)
            }
        } catch {
            result.add(error)
        }
        result.seconds = Self.seconds(start.duration(to: clock.now))
        if !quiet { result.write(asJSON: json) }
        if quiet || json { result.writeCaution() }
        return result.status
    }

    private func readTrust(
        _ evidence: EvidenceArguments, into result: inout CommandResult
    ) throws(VerificationFailure) -> TrustFile? {
        guard let path = trust ?? evidence.trustBesideEvidence else { return nil }
        result.trust = CommandResult.Trust(path: path, cameWithEvidence: trust == nil)
        do throws(VerificationFailure) {
            return try TrustSource.read(path: path)
        } catch {
            result.isTrustUnusable = true
            throw error
        }
    }

    private func receipts(
        _ paths: [String], trust: TrustFile?, into result: inout CommandResult
    ) throws(VerificationFailure) -> [TreeClaim] {
        let headerBytes = try header.map { (path) throws(VerificationFailure) in
            try ReceiptVerifier.readHeader(path: path)
        }
        guard signature == nil || paths.count == 1 else {
            throw VerificationFailure(
                .unreadable, "--signature goes with exactly one receipt, here are \(paths.count)")
        }
        let signatureBytes = try signature.map { (path) throws(VerificationFailure) in
            try ReceiptVerifier.readSignature(path: path)
        }
        var claims: [TreeClaim] = []
        for path in paths {
            do throws(VerificationFailure) {
                let receipt = try ReceiptVerifier(trust: trust).verify(
                    path: path, header: headerBytes, signature: signatureBytes)
                result.add(CommandResult.Receipt(path: path, verified: receipt))
                claims.append(TreeClaim(receipt, source: path))
            } catch {
                result.add(CommandResult.Receipt(path: path, failure: error))
            }
        }
        return claims
    }

    private static func subject(_ path: String, trust: TrustFile?) -> CommandResult.Subject {
        do throws(VerificationFailure) {
            return CommandResult.Subject(
                path: path, verified: try SubjectVerifier(trust: trust).verify(path: path))
        } catch {
            return CommandResult.Subject(path: path, failure: error)
        }
    }

    private static func certificate(
        _ path: String, trust: TrustFile?
    ) -> CommandResult.Certificate {
        do throws(VerificationFailure) {
            return CommandResult.Certificate(
                path: path, verified: try CertificateVerifier(trust: trust).verify(path: path))
        } catch {
            return CommandResult.Certificate(path: path, failure: error)
        }
    }

    private func ledger(
        _ path: String, trust: TrustFile?, claims: [TreeClaim]
    ) async -> VerificationReport {
        do throws(VerificationFailure) {
            return await run(try LedgerEvidence(directory: path), trust: trust, claims: claims)
        } catch {
            return VerificationReport(failure: error)
        }
    }

    private func published(
        _ address: String, trust: TrustFile?, claims: [TreeClaim]
    ) async throws(VerificationFailure) -> VerificationReport {
        let source = try HTTPTileSource(address: address, authority: ca, tokenFile: tokenFile)
        let bar = json || quiet ? nil : ProgressBar(sizes: [:])
        let report = await PublishedTreeVerifier(
            source: source, trust: trust, progress: bar.map { $0.update }
        ).verify(claims: claims)
        bar?.clear()
        await source.shutdown()
        return report
    }

    private func run(
        _ evidence: LedgerEvidence, trust: TrustFile?, claims: [TreeClaim]
    ) async -> VerificationReport {
        let bar = json || quiet ? nil : ProgressBar(sizes: ProgressBar.sizes(evidence))
        let report = await evidence.verify(
            trust: trust, claims: claims, progress: bar.map { $0.update })
        bar?.clear()
        return report
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
