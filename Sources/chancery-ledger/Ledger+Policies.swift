import AccessControl
import ContactModel
import Crypto
import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary

extension Ledger {
    /// What is no policy set becomes no entry: whoever reads the ledger later must be able to judge by it.
    func answer(
        _ request: WireSetPolicyRequest, by principal: SecurityPrincipal, _ actor: LedgerActor
    ) async throws(WireFault) -> WireSetPolicyResponse {
        try AccessDecision.creation(of: [SecurityLabel.default.text], by: principal)
        guard let text = String(validating: request.text, as: UTF8.self) else {
            throw WireFault(.invalid, "Refused: the policies are no text in UTF-8.")
        }
        do {
            _ = try PolicySet(text)
        } catch {
            throw WireFault(.invalid, "Refused: the policies cannot be read at \(error.position).")
        }
        let event = PolicySetActivated(
            certificate: request.signature.certificate,
            expected: request.hasExpected ? request.expected : nil, salt: Salt.random(),
            signature: request.signature.signature, signatureInput: request.signature.input,
            text: text, textHash: LowerHex.encode(Data(SHA256.hash(data: request.text))))
        do throws(LedgerStoreError) {
            let record = try await setPolicies(
                event, actor: actor, requestID: request.requestID)
            var response = WireSetPolicyResponse()
            response.version = record.version
            response.generation = record.generation
            response.index = record.index
            response.textHash = record.textHash.data
            return response
        } catch {
            throw WireFault(error)
        }
    }

    /// What the gateway judges by. It is its own question, and no caller's: without an answer it lets nobody in.
    func policiesInForce(_ request: WirePolicyInForceRequest) throws -> WirePolicyResponse {
        let record = try policiesInForce()
        if request.hasKnownVersion, request.knownVersion == record?.version ?? 0,
            request.knownHash == record?.textHash.data ?? Data()
        {
            return .with { $0.unchanged = true }
        }
        return try record.map { WirePolicyResponse(try text(of: $0)) } ?? WirePolicyResponse()
    }

    /// What the caller is not cleared for is not there.
    func policies(
        _ request: WireReadPolicyRequest, for clearance: Clearance?
    ) throws -> WirePolicyResponse {
        let record =
            request.hasIndex
            ? try policiesInForce(at: request.index, of: request.wanted) : try policiesInForce()
        guard let record else { return WirePolicyResponse() }
        let text = try text(of: record)
        guard let clearance, let label = try? SecurityLabel(text.label), clearance.canRead(label)
        else {
            throw WireFault(.notFound, "There are no such access policies.")
        }
        return WirePolicyResponse(text)
    }
}

extension WirePolicyResponse {
    fileprivate init(_ text: PolicySetText) {
        self.init()
        version = text.record.version
        generation = text.record.generation
        index = text.record.index
        textHash = text.record.textHash.data
        self.text = Data(text.text.utf8)
        actor = text.actor
        time = text.time.text
    }
}
