import AccessControl
import KeyCustody
import ProcessBoundary

/// Answers one socket's requests. Each passes the gate first: what the socket does not offer, or the
/// credential's roles do not permit, is refused before any key is touched.
struct KeeperService: Sendable {
    let socket: KeeperSocket
    let state: KeeperState
    let gate: AccessGate

    func respond(to request: WireKeeperRequest) async -> WireKeeperResponse {
        do {
            return try await answer(request)
        } catch let fault as WireFault {
            return WireKeeperResponse(fault: fault)
        } catch let error as KeyCustodyError {
            return WireKeeperResponse(fault: WireFault(error))
        } catch {
            return WireKeeperResponse(
                fault: WireFault(.internal, "the keeper failed; ask for its health"))
        }
    }

    private func answer(_ request: WireKeeperRequest) async throws -> WireKeeperResponse {
        let authorized = try await gate.admit(
            request, on: socket, at: state.origin, tickets: state.tickets)
        switch request.operation {
        case .health: return await offEventLoop { await health() }
        case .derive(let derive):
            return try await self.derive(derive, for: authorized.principal, ready())
        case .encrypt(let encrypt):
            return try await self.encrypt(encrypt, for: authorized.principal, ready())
        case .decrypt(let decrypt):
            return try await self.decrypt(decrypt, for: authorized.principal, ready())
        case .sealAddress(let request):
            return try await sealAddress(request, of: authorized.principal, ready())
        case .openAddresses(let request):
            return try await offEventLoop {
                try await openAddresses(request, for: authorized.principal, ready())
            }
        case .introductionKey:
            var response = WireKeeperResponse()
            let custodian = try opened()
            response.introductionKey.key = custodian.introductionKey
            response.introductionKey.ticketKey = custodian.ticketKey
            return response
        case .relabel(let relabel):
            return try await self.relabel(relabel, for: authorized.principal, ready())
        case .signTree(let sign): return try await signTree(sign, ready())
        case .resignTree(let resign):
            return try await offEventLoop { try await resignTree(resign, opened()) }
        case .signManifest(let sign):
            return try await offEventLoop { try await signManifest(sign, opened()) }
        case .signPublished(let sign):
            return try await offEventLoop { try await signPublished(sign, ready()) }
        case .signReceipt(let sign):
            return try await offEventLoop { try await signReceipt(sign, ready()) }
        case .publicKeys: return try await offEventLoop { try await publicKeys(opened()) }
        case .reindex(let reindex):
            return try await offEventLoop { try await self.reindex(reindex, opened()) }
        case .authorizeErasure(let request):
            return try await offEventLoop {
                try await authorizeErasure(request, by: authorized.principal, ready())
            }
        case .forget(let forget):
            return try await offEventLoop { try await self.forget(forget, ready()) }
        case .certifyErasure(let certify):
            return try await offEventLoop { try await certifyErasure(certify, ready()) }
        case .rotateKey(let rotate):
            return try await offEventLoop { try await rotateKey(rotate, ready()) }
        case .anchor(let request):
            return try await offEventLoop { try await anchor(request, ready()) }
        case .recover(let recover):
            return try await offEventLoop { try await self.recover(recover, recovering()) }
        case .issueTicket(let request):
            return try await offEventLoop { try await issueTicket(request, ready()) }
        case .callbackTokens(let request):
            return try await offEventLoop {
                try callbackTokens(request, for: authorized.principal, ready())
            }
        case nil: throw WireFault(.invalid, "the request names no operation")
        }
    }

    /// - Throws: `UNAVAILABLE` while the keeper is starting or stopping.
    private func ready() throws(WireFault) -> KeyCustodian {
        switch state.phase {
        case .ready(let custodian): return custodian
        case .recovering: throw WireFault(.unavailable, "the keeper was started to recover")
        case .starting(let reason), .unapproved(let reason):
            throw WireFault(
                .unavailable, "the keeper is not ready: \(reason)", retryAfterMilliseconds: 500)
        case .suspended(_, let reason):
            throw WireFault(
                .unavailable, "the keeper is suspended: \(reason)", retryAfterMilliseconds: 1_000)
        case .refusing(let error): throw WireFault(error)
        case .stopping:
            throw WireFault(
                .unavailable, "the keeper is stopping", retryAfterMilliseconds: 1_000)
        }
    }

    /// For what signs nothing that was not signed before, but seals.
    private func opened() throws(WireFault) -> KeyCustodian {
        if case .recovering(let custodian) = state.phase { return custodian }
        return try ready()
    }

    private func recovering() throws(WireFault) -> KeyCustodian {
        guard case .recovering(let custodian) = state.phase else {
            throw WireFault(.invalid, "the keeper was not started to recover")
        }
        return custodian
    }

    private func health() async -> WireKeeperResponse {
        var health = WireKeeperHealth()
        health.memoryLocked = state.memoryLocked
        health.credentialsProblem = await gate.credentialsProblem()
        switch state.phase {
        case .starting(let reason): health.problem = reason
        case .unapproved(let reason):
            health.problem = reason
            health.needsPolicy = true
        case .stopping: health.problem = "stopping"
        case .suspended(let custodian, let reason):
            try? await look(custodian, &health)
            health.problem = reason
        case .refusing(let error): health.problem = error.message
        case .ready(let custodian), .recovering(let custodian):
            do throws(KeyCustodyError) {
                try await look(custodian, &health)
                if case .ready = state.phase {
                    health.ready = true
                } else {
                    health.problem = "started to recover"
                }
            } catch {
                health.problem = error.message
            }
        }
        var response = WireKeeperResponse()
        response.health = health
        return response
    }

    private func look(
        _ custodian: KeyCustodian, _ health: inout WireKeeperHealth
    ) async throws(KeyCustodyError) {
        health.tpm = custodian.tpmDescription
        health.subjects = custodian.subjectCount
        health.tpmProblem = state.tpmProblem
        health.escrowProblem = state.escrowProblem
        // What is wrong with it stands in its problem, and keeps nobody from being served.
        if let report = try? await custodian.escrow.report() { health.escrow = WireEscrow(report) }
        health.treeSize = try await custodian.treeSigner.recordedSize()
        health.counters = WireTPMCounters(try await custodian.counterValues())
    }
}
