/// Bounds on request signatures.
enum SignatureLimits {
    /// Of `Signature-Input` and of `Signature`.
    static let fieldBytes = 2_048
    /// An EC certificate with a few names has 1 KiB.
    static let certificateBytes = 8_192
    static let nonceBytes = 16...64
    /// By which `created` may lie behind, in seconds: as long as a signature could be played again.
    static let window: Int64 = 60
    /// By which it may lie ahead: clocks differ by less, and after a new start nothing counts that could have been used before it.
    static let ahead: Int64 = 1
    /// Used ones that are remembered for twice the window. Nobody erases or rotates that often.
    static let remembered = 10_000
}
