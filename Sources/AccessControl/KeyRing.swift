import FoundationEssentials
import JWTKit
import ProcessBoundary

/// The keys in force, and when to look for others.
actor KeyRing {
    private let file: KeySetFile
    nonisolated let watch: FileWatch
    private var inForce: Keys
    /// Why the file on the disk is not in force; nil: it is.
    private(set) var problem: String?

    /// A key set and what JWTKit needs of it, made at first use. One object, so that a set replaced while its
    /// collection is being made takes that along.
    private final class Keys {
        let set: KeySet
        var collection: JWTKeyCollection?

        init(_ set: KeySet) { self.set = set }
    }

    init(_ file: KeySetFile, recheck: Duration) throws(KeySetError) {
        self.file = file
        watch = FileWatch([file.path], recheck: recheck)
        inForce = Keys(try file.read())
    }

    /// Reads the file again if it has changed; looks at most once per `recheck`.
    ///
    /// A file that cannot be used leaves the keys in force as they are: it is being written, or someone made a mistake that
    /// should not stop what runs.
    /// - Returns: whether the keys are others now.
    func refresh() -> Bool {
        guard watch.sawChange() else { return false }
        let versions = watch.versions()
        do throws(KeySetError) {
            inForce = Keys(try file.read())
        } catch {
            watch.postpone()
            problem = error.message
            return false
        }
        watch.settle(versions)
        problem = nil
        return true
    }

    /// The claims of a token whose signature verifies under the key its header names.
    func verify(
        _ token: Data, _ header: TokenHeader
    ) async throws(AuthenticationError) -> TokenClaims {
        let keys = inForce
        // JWTKit falls back to some other key when it does not know the one named. We do not.
        guard let key = keys.set.keys[header.keyID] else {
            if keys.set.weak.contains(header.keyID) {
                throw .init(.weakKey, "the token is signed with an RSA key of fewer than 4096 bits")
            }
            throw .init(
                .unknownKey, "the token is signed with a key that its issuer does not publish")
        }
        guard key.algorithm == header.algorithm else {
            throw .init(.algorithm, "the token's key is for another algorithm than its header says")
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
            await key.add(to: fresh, as: id)
        }
        keys.collection = fresh
        return fresh
    }
}
