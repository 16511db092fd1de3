internal import LedgerFormat

// MARK: - Seals that a TPM attests

extension LedgerVerifier {
    /// The seal follows the one before, as the TPM counts.
    mutating func follow(
        _ manifest: ManifestCheck, segment: UInt64
    ) throws(VerificationFailure) {
        guard let attestation = manifest.manifest.attestation else {
            unattested.append(segment)
            return
        }
        do throws(VerificationFailure) {
            let (note, gap) = try state.seals.follow(attestation, segment: segment)
            if let note { notes.append(note) }
            state.sealGaps[segment] = gap.map {
                manifest.failure($0.code, $0.reason).at(segment: segment)
            }
        } catch {
            throw manifest.failure(error.code, error.reason)
        }
        attested += 1
    }

    /// That seals rest on the manifest key alone, where no TPM says more; nil when none does.
    var unattestedNote: String? {
        guard let first = unattested.first, let last = unattested.last else { return nil }
        guard attested > 0 else { return "segment seals are not attested by a TPM" }
        return unattested.count == 1
            ? "the seal of segment \(first) is not attested by a TPM"
            : "the seals of \(unattested.count) segments, from \(first) to \(last), are not attested by "
                + "a TPM"
    }
}
