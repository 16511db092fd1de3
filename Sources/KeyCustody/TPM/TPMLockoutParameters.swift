/// How a TPM answers guessing (TPM2_DictionaryAttackParameters). Nothing of ours is subject to it: our keys and counters
/// are `noDA`. It protects what others keep in the same TPM, and the lockout authorization.
struct TPMLockoutParameters: Equatable, Sendable {
    var maxTries: UInt32
    /// Seconds until one failed try is forgotten.
    var recoveryTime: UInt32
    /// Seconds until a failed lockout authorization may be tried again.
    var lockoutRecovery: UInt32

    /// A default TPM locks out at 3 tries, which one mistyped script reaches; with 32 tries and one more each ten
    /// minutes a guesser has 52,560 a year.
    static let chosen = TPMLockoutParameters(
        maxTries: 32, recoveryTime: 600, lockoutRecovery: 86_400)
}

extension TPMProperties {
    var lockoutParameters: TPMLockoutParameters {
        TPMLockoutParameters(
            maxTries: maxTries, recoveryTime: recoveryTime, lockoutRecovery: lockoutRecovery)
    }
}
