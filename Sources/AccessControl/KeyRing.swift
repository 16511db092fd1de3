import FoundationEssentials
import JWTKit

/// The keys in force, and when to look for others.
actor KeyRing {
    private let file: KeySetFile
    nonisolated let watch: KeySetWatch
    private var inForce: Keys

    /// A key set and what JWTKit needs of it, made at first use. One object, so that a set replaced while its
    /// collection is being made takes that along.
    private final class Keys {
        let set: KeySet
        var collection: JWTKeyCollection?

        init(_ set: KeySet) { self.set = set }
    }

    init(_ file: KeySetFile, recheck: Duration) throws(KeySetError) {
        self.file = file
        // The version first: if the file changes in between, the next look reads it once more.
        watch = KeySetWatch(file, recheck: recheck, inForce: file.version())
        inForce = Keys(try file.read())
    }

    /// Reads the file again if it has changed; looks at most once per `recheck`.
    ///
    /// A file that cannot be used leaves the keys in force as they are: it is being written, or someone made a mistake that
    /// should not stop what runs.
    /// - Returns: whether the keys are others now.
    func refresh() -> Bool {
        guard watch.sawChange() else { return false }
        let version = file.version()
        guard let replacement = try? file.read() else {
            watch.settle(nil)
            return false
        }
        watch.settle(version)
        inForce = Keys(replacement)
        return true
    }

    /// The claims of a token whose signature verifies under the key its header names.
    func verify(
        _ token: Data, _ header: TokenHeader
    ) async throws(AuthenticationError) -> TokenClaims {
        let keys = inForce
        // JWTKit falls back to some other key when it does not know the one named. We do not.
        guard keys.set.keys[header.keyID] != nil else {
            throw .init(
                .unknownKey, "the token is signed with a key that its issuer does not publish")
        }
        do {
            return try await collection(of: keys).verify(token, as: TokenClaims.self)
        } catch let error as JWTError where error.errorType == .malformedToken {
            throw .init(.claims, "the token lacks a claim, or one has the wrong type")
        } catch {
            throw .init(.signature, "the token's signature does not verify")
        }
    }

    private func collection(of keys: Keys) async -> JWTKeyCollection {
        if let collection = keys.collection { return collection }
        let fresh = JWTKeyCollection()
        for (id, key) in keys.set.keys {
            await fresh.add(ecdsa: key, kid: JWKIdentifier(string: id))
        }
        keys.collection = fresh
        return fresh
    }
}
