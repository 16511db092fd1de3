import Foundation
import LedgerFormat
import ProcessBoundary

/// Whether what the gateway publishes is signed by the keys of `trust.json`.
struct TrustCheck: Check {
    static let name = "trust"
    static let abstract =
        "trust.json is readable, and the published checkpoint verifies under its keys"
    static let things = ["file", "checkpoint"]

    let path: String
    /// The file's bytes.
    let file: Sight<[UInt8]>
    /// What `/ledger/checkpoint` answers.
    let checkpoint: Sight<[UInt8]>

    static func gather(_ patient: Patient) async -> TrustCheck {
        TrustCheck(
            path: patient.home.trust, file: read(patient.home.trust),
            checkpoint: await checkpoint(patient))
    }

    private static func read(_ path: String) -> Sight<[UInt8]> {
        do throws(SystemError) {
            return .seen(try SystemFile.read(path, limit: LedgerLimits.maxTrustFileBytes))
        } catch {
            return error.number == ENOENT ? .missing : .hidden("\(error)")
        }
    }

    private static func checkpoint(_ patient: Patient) async -> Sight<[UInt8]> {
        guard let client = try? GatewayClient(home: patient.home, base: patient.base) else {
            return .hidden("the certificate of the authority cannot be read")
        }
        let reply = try? await client.send(.GET, "/ledger/checkpoint", timeout: .seconds(5))
        await client.shutdown()
        guard let reply else { return .hidden("no answer from \(patient.base)") }
        switch reply.status {
        case 200: return .seen(reply.body)
        case 404: return .missing
        default: return .hidden("the gateway answers \(Problem.text(of: reply))")
        }
    }

    var findings: [Finding] {
        let name = Self.named("file")
        switch file {
        case .missing: return [.noneHere(name, "not written yet: the ledger's first start does")]
        case .hidden(let reason): return [.notChecked(name, reason)]
        case .seen(let bytes):
            do throws(TrustFileError) {
                let trust = try TrustFile(parsing: bytes)
                let generations = trust.generations.count
                return [
                    .ok(
                        name,
                        "\(generations) generation\(generations == 1 ? "" : "s"), newest \(trust.generations.last?.origin ?? "")"
                    ), published(trust),
                ]
            } catch {
                return [
                    .error(
                        name, "\(path): \(error.message)",
                        do:
                            "chancery down; chancery up: the ledger writes it anew. Do not give it to auditors"
                    )
                ]
            }
        }
    }

    private func published(_ trust: TrustFile) -> Finding {
        let name = Self.named("checkpoint")
        switch checkpoint {
        case .missing: return .noneHere(name, "none was published yet")
        case .hidden(let reason): return .notChecked(name, reason)
        case .seen(let bytes): return judge(bytes, trust, name)
        }
    }

    private func judge(_ bytes: [UInt8], _ trust: TrustFile, _ name: String) -> Finding {
        let advice =
            "sign nothing and give nobody this trust.json before you know why: chancery logs verify; compare trust.json with the auditors'"
        guard let note = try? SignedNote(parsing: bytes),
            let checkpoint = try? Checkpoint(parsing: note.text),
            let origin = LedgerOrigin(checkpoint.origin)
        else {
            return .error(name, "what the gateway publishes is no checkpoint", do: advice)
        }
        guard checkpoint.origin == trust.generations.last?.origin else {
            return .error(
                name,
                "the gateway publishes \(checkpoint.origin), and \(path) ends with \(trust.generations.last?.origin ?? "")",
                do: advice)
        }
        let keys = trust.checkpointKeys(generation: origin.generation, size: checkpoint.size)
        guard (try? note.verified(by: keys)) != nil else {
            return .error(
                name,
                "the checkpoint of size \(checkpoint.size) is not signed by the keys of \(path)",
                do: advice)
        }
        return .ok(
            name,
            "\(checkpoint.origin), size \(Figures.grouped(checkpoint.size)), signed by its keys")
    }
}
