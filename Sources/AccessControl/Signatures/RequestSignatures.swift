public import ContactModel
import Crypto
public import FoundationEssentials
public import ProcessBoundary
import Synchronization

/// Step-up for what cannot be undone: erasures and operations on keys need, besides the token, a signature over the request
/// (RFC 9421) by the key of the client certificate that the token is bound to (RFC 8705, `cnf` with `x5t#S256`).
///
/// The issuer vouches for the certificate by the token, so that ledger and keeper need not believe the gateway's word on who connected.
/// Each remembers what it has seen: a signature counts once.
public final class RequestSignatures: Sendable {
    private let now: @Sendable () -> Date
    /// Whatever was made before is refused: it may have been used in an earlier life.
    private let start: Int64
    /// Hashes of key and nonce, and until when (Unix seconds).
    private let used = Mutex<[SHA256.Digest: Int64]>([:])

    /// - Parameter now: the wall clock.
    public init(now: @escaping @Sendable () -> Date = { Date() }) {
        self.now = now
        start = Int64(now().timeIntervalSince1970) + SignatureLimits.ahead
    }

    /// Waits until what is signed now counts: a second at most, which a process has while it starts.
    func untilTheyCount() async {
        for _ in 0..<30 where Int64(now().timeIntervalSince1970) < start {
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// - Parameters:
    ///   - signed: as the request brought it.
    ///   - origin: of this log. Two that believe one issuer must not take each other's signatures.
    ///   - target: what this process is asked to do, in its own words.
    ///   - credential: the token, of which `principal` was verified.
    /// - Throws: `SIGNATURE` with a reason that the caller may see; `OVERLOADED` when too many are remembered; `UNAVAILABLE` for one that
    ///   was made before this process began.
    public func check(
        _ signed: WireSignedRequest, for target: SignedTarget, at origin: String, credential: Data,
        of principal: SecurityPrincipal
    ) throws(WireFault) {
        do throws(SignatureRefusal) {
            try verify(signed, target, origin, credential, principal)
        } catch {
            throw error.fault
        }
    }

    private func verify(
        _ signed: WireSignedRequest, _ target: SignedTarget, _ origin: String, _ credential: Data,
        _ principal: SecurityPrincipal
    ) throws(SignatureRefusal) {
        guard let thumbprint = principal.certificateThumbprint else { throw .unbound }
        guard !signed.input.isEmpty, !signed.signature.isEmpty else { throw .missing }
        let input = try SignatureInput(signed.input)
        let signature = try input.signature(in: signed.signature)
        guard input.components.sorted() == target.components.sorted() else {
            throw .coverage
        }
        guard input.tag == origin else { throw .origin }
        guard signed.certificate.count <= SignatureLimits.certificateBytes,
            SHA256.hash(data: signed.certificate).elementsEqual(thumbprint),
            Base64URL.decode(Data(input.keyID.utf8)) == thumbprint,
            let key = SignatureKey(certificate: signed.certificate)
        else { throw .certificate }
        guard key.algorithm == input.algorithm else { throw .algorithm }
        let now = Int64(now().timeIntervalSince1970)
        guard now - input.created <= SignatureLimits.window,
            input.created - now <= SignatureLimits.ahead,
            input.expires.map({ now <= $0 }) ?? true
        else { throw .time }
        guard input.created >= start else { throw .early }
        guard let token = String(validating: credential, as: UTF8.self) else { throw .forged }
        let base = SignatureBase.text(
            target, token: token, components: input.components, parameters: input.parameters)
        guard key.isValid(signature, Data(base.utf8)) else { throw .forged }
        // Last: what does not verify must not use up a nonce.
        try remember(SHA256.hash(data: thumbprint + Data(input.nonce.utf8)), now)
    }

    private func remember(_ nonce: SHA256.Digest, _ now: Int64) throws(SignatureRefusal) {
        let refusal = used.withLock { used -> SignatureRefusal? in
            if used.count >= SignatureLimits.remembered { used = used.filter { $0.value >= now } }
            if let until = used[nonce], until >= now { return .repeated }
            guard used.count < SignatureLimits.remembered else { return .busy }
            used[nonce] = now + 2 * SignatureLimits.window
            return nil
        }
        if let refusal { throw refusal }
    }
}
