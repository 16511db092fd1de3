/// What `PUT /api/v1/policies` answers.
struct PolicyInstallation: Codable, Sendable {
    let version: UInt64
    let generation: UInt64
    let index: UInt64
    let textHash: String
}
