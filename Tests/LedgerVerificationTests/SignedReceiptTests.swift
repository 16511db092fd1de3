import Crypto
import Foundation
import LedgerFormat
import LedgerVerification
import Testing

/// Receipts with a detached JWS (FORMAT 7.1), by both verifiers.
struct SignedReceiptTests {
    private let api = P384.Signing.PrivateKey()

    private func key(_ use: P384.Signing.PrivateKey, untilSize: UInt64? = nil) throws -> TrustedKey
    {
        try TrustedKey(
            use: .receipt, algorithm: .ecdsaP384, name: "KEK-API",
            publicKey: Array(use.publicKey.derRepresentation), fromSize: 0, untilSize: untilSize)
    }

    private func ledger(_ key: TrustedKey) throws -> (LedgerFixture, receipt: [UInt8]) {
        let fixture = try LedgerFixture.standard()
        let receipt = try ReceiptVerifierTests.receipt(fixture, index: 3, size: 14)
        try fixture.trust(fixture.trust.generations[0].keys + [key])
        return (fixture, receipt)
    }

    private func signed(_ receipt: [UInt8]) throws -> [UInt8] {
        let keyID = try key(api).keyID
        let message = ReceiptSignature.signingInput(keyID: keyID, receipt: receipt)
        let value = try api.signature(for: message).rawRepresentation
        return Array(try #require(ReceiptSignature(keyID: keyID, value: Array(value))).text.utf8)
    }

    private func python(
        _ fixture: LedgerFixture, _ receipt: [UInt8], _ signature: [UInt8]
    ) throws -> Bool {
        let (file, jws) = (
            fixture.directory.file("r.tlog-proof"), fixture.directory.file("r.jws")
        )
        try fixture.write(receipt, to: file)
        try fixture.write(signature, to: jws)
        return try PythonVerifierTests().run([
            "--receipt", file, "--signature", jws, "--trust", fixture.trustPath,
        ]).answer.ok
    }

    private func failure(
        _ fixture: LedgerFixture, _ receipt: [UInt8], _ signature: [UInt8]
    ) -> VerificationFailure.Code? {
        do throws(VerificationFailure) {
            _ = try ReceiptVerifier(trust: fixture.trust).verify(
                bytes: receipt, signature: signature)
            return nil
        } catch { return error.code }
    }

    @Test func theSignatureHolds() throws {
        let (fixture, receipt) = try ledger(key(api))
        let signature = try signed(receipt)
        let verified = try ReceiptVerifier(trust: fixture.trust).verify(
            bytes: receipt, signature: signature)
        #expect(try verified.signer == key(api).keyID)
        #expect(failure(fixture, receipt, signature + [0x0A]) == nil)
        #expect(try python(fixture, receipt, signature))
        #expect(try python(fixture, receipt, signature + [0x0A]))
    }

    /// The same entry's receipt at another size proves as much, and is not what was signed.
    @Test func anotherReceiptIsNotCovered() throws {
        let (fixture, receipt) = try ledger(key(api))
        let other = try ReceiptVerifierTests.receipt(fixture, index: 3, size: 5)
        #expect(failure(fixture, other, try signed(receipt)) == .receiptSignature)
        #expect(try !python(fixture, other, signed(receipt)))
    }

    @Test func everyChangedByteOfTheSignatureIsFound() throws {
        let (fixture, receipt) = try ledger(key(api))
        let signature = try signed(receipt)
        for at in signature.indices {
            var bytes = signature
            bytes[at] ^= 1
            #expect(failure(fixture, receipt, bytes) == .receiptSignature, "byte \(at)")
        }
        for at in [0, 40, 120, 150, signature.count - 1] {
            var bytes = signature
            bytes[at] ^= 1
            #expect(try !python(fixture, receipt, bytes), "byte \(at)")
        }
    }

    @Test(arguments: ["", ".", "..", "...", "a..b", "e30..AAAA", "=..=", "\u{fc}..\u{fc}"])
    func whatIsNoJWSIsRefused(_ text: String) throws {
        let (fixture, receipt) = try ledger(key(api))
        #expect(failure(fixture, receipt, Array(text.utf8)) == .receiptSignature)
        #expect(try !python(fixture, receipt, Array(text.utf8)))
    }

    /// A key that nobody lists, and one whose range ended before the receipt's tree.
    @Test(arguments: [true, false])
    func onlyATrustedKeyCounts(isListed: Bool) throws {
        let (fixture, receipt) = try ledger(
            isListed ? key(api, untilSize: 13) : key(P384.Signing.PrivateKey()))
        let signature = try signed(receipt)
        #expect(failure(fixture, receipt, signature) == .receiptSignature)
        #expect(try !python(fixture, receipt, signature))
    }

    @Test func aReceiptKeyIsP384AndNothingElse() throws {
        #expect(throws: TrustFileError.self) {
            try TrustedKey(
                use: .receipt, algorithm: .ecdsaP384, name: "KEK-API",
                publicKey: Array(P256.Signing.PrivateKey().publicKey.derRepresentation),
                fromSize: 0, untilSize: nil)
        }
        #expect(throws: TrustFileError.self) {
            try TrustedKey(
                use: .receipt, algorithm: .ecdsaP256, name: "KEK-API",
                publicKey: Array(P256.Signing.PrivateKey().publicKey.derRepresentation),
                fromSize: 0, untilSize: nil)
        }
    }
}
