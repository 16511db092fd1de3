import Foundation
import Testing

/// `chancery tpm provision` on a TPM that nothing was ever made in.
struct SweptProvision: SweptCommand {
    let home: TestHome
    let verbs = ["chancery-keeper": "tpm provision "]
    let arguments = ["tpm", "provision"]
    private var image: String { home.directory + "/tpm-image" }

    init() throws { home = try TestHome() }

    func prepare() throws { try home.manufactureTPM(at: image) }

    func reset() throws {
        try home.require("down", "--force")
        for path in [home.root, home.tpm] where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
        try TestHome.copy(image, to: home.tpm)
    }

    /// It is safe to repeat, so it is repeated.
    func isDone(_ comment: Comment) -> Bool { false }

    func check(_ comment: Comment) async throws {
        try home.requireOnlyOurCounters(comment)
        let names = try FileManager.default.contentsOfDirectory(atPath: home.root + "/keys")
        #expect(!names.contains("provisioning"), comment)
        try home.require("up")
        let api = try API(home)
        let created = try? await api.create(email: "\(UUID().uuidString.lowercased())@example.com")
        await api.shutdown()
        #expect(created?.status == 201, comment)
        try home.require("down")
        let verified = try home.verify()
        #expect(verified.status == 0, "\(comment): \(verified.said)")
    }

    func stop() { home.remove() }
}
