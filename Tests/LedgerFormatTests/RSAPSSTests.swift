import CryptoExtras
import Foundation
import LedgerFormat
import Testing

@Suite struct RSAPSSTests {
    static let message = Array("chancery test message\n".utf8)

    @Test func signatureWithTheFormatsParametersVerifies() throws {
        let spki = try #require(StrictBase64.decode(RSAVectors.spki))
        let signature = try #require(StrictBase64.decode(RSAVectors.accepted))
        #expect(RSAPSS.isAcceptable(spki: spki))
        #expect(RSAPSS.verify(signature: signature, message: Self.message, spki: spki))
        #expect(!RSAPSS.verify(signature: signature, message: Self.message + [0], spki: spki))
        #expect(!RSAPSS.verify(signature: signature + [0], message: Self.message, spki: spki))
        #expect(!RSAPSS.verify(signature: [], message: Self.message, spki: spki))
        #expect(!RSAPSS.verify(signature: signature, message: Self.message, spki: []))
        #expect(!RSAPSS.verify(signature: signature, message: Self.message, spki: spki + [0]))
    }

    /// Same key and message, signed by OpenSSL with one parameter changed.
    @Test(arguments: RSAVectors.refused.keys.sorted())
    func anyOtherPaddingIsRefused(parameters: String) throws {
        let spki = try #require(StrictBase64.decode(RSAVectors.spki))
        let text = try #require(RSAVectors.refused[parameters])
        let signature = try #require(StrictBase64.decode(text))
        #expect(!RSAPSS.verify(signature: signature, message: Self.message, spki: spki))
    }

    @Test func otherKeySizesAndEncodingsAreRefused() throws {
        let small = try _RSA.Signing.PrivateKey(keySize: .bits2048).publicKey
        #expect(!RSAPSS.isAcceptable(spki: Array(small.derRepresentation)))
        let key = try RSAKeys.shared.get().publicKey
        #expect(RSAPSS.isAcceptable(spki: Array(key.derRepresentation)))
        #expect(!RSAPSS.isAcceptable(spki: Array(key.pkcs1DERRepresentation)))
        let typed = try #require(StrictBase64.decode(RSAVectors.pssTypedSPKI))
        #expect(!RSAPSS.isAcceptable(spki: typed))
    }
}
