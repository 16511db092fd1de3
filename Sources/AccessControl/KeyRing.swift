import FoundationEssentials
import JWTKit

/// The keys in force, and when to look for others.
actor KeyRing {
    private let file: KeySetFile
    private let recheck: Duration
    private var version: KeySetFile.Version?
    private var lastCheck = ContinuousClock.now
    private var set: KeySet
    private var collection: JWTKeyCollection?

    init(_ file: KeySetFile, recheck: Duration) throws(KeySetError) {
        self.file = file
        self.recheck = recheck
        // The version first: if the file changes in between, the next look reads it once more.
        version = file.version()
        set = try file.read()
    }

    /// Reads the file again if it has changed; looks at most once per `recheck`.
    ///
    /// A file that cannot be used leaves the keys in force as they are: it is being written, or someone made a mistake that
    /// should not stop what runs.
    /// - Returns: whether the keys are others now.
    func refresh() -> Bool {
        let now = ContinuousClock.now
        guard now - lastCheck >= recheck else { return false }
        lastCheck = now
        let current = file.version()
        guard current != version, let replacement = try? file.read() else { return false }
        version = current
        set = replacement
        collection = nil
        return true
    }

    /// The claims of a token whose signature verifies under the key its header names.
    func verify(
        _ token: Data, _ header: TokenHeader
    ) async throws(AuthenticationError) -> TokenClaims {
        // JWTKit falls back to some other key when it does not know the one named. We do not.
        guard set.keys[header.keyID] != nil else {
            throw .init(
                .unknownKey, "the token is signed with a key that its issuer does not publish")
        }
        do {
            return try await currentCollection().verify(token, as: TokenClaims.self)
        } catch let error as JWTError where error.errorType == .malformedToken {
            throw .init(.claims, "the token lacks a claim, or one has the wrong type")
        } catch {
            throw .init(.signature, "the token's signature does not verify")
        }
    }

    private func currentCollection() async -> JWTKeyCollection {
        if let collection { return collection }
        let fresh = JWTKeyCollection()
        for (id, key) in set.keys { await fresh.add(ecdsa: key, kid: JWKIdentifier(string: id)) }
        collection = fresh
        return fresh
    }
}
