import Crypto
import Foundation
import LedgerFormat
import LedgerVerification
import TestSupport

/// What can be wrong with the attestation of a seal, and what it is found to be.
enum SealTampering: CaseIterable {
    // Before the TPM signs.
    case magic, typeOfTheOther, unknownType, emptyExtraData, unsafeByte, bytesBehindCertification
    case bytesBehindQuote, twoBanks, otherBank, noBank, shortSelection, offset, shortCounter
    case nameOfAnotherAlgorithm
    case certifiedForAnotherManifest, quotedForAnotherManifest, otherSelection, otherDigest
    case otherIndexName, restartedBetween, resetBetween
    case counterTwoAhead, counterUnchanged, counterBack, resetBack, restartBack, clockBack
    // After it.
    case stripped, statementsSwapped, keyIDInCapitals, noRegisters, registersNotAscending
    case registerOutOfRange, hugeStatement, bytesBehindSignature, otherSignatureAlgorithm
    case otherSignatureHash, oneByteOfStatement, longSignaturePart
    case replayedQuote, replayedCertification, registerValue, registerLeftOut
    case oneByteOfSignature, signaturesSwapped, certificationSignedByAnother, otherKey
    case otherKeyUnderThisID, zeroSignature

    var code: VerificationFailure.Code {
        switch self {
        case .magic, .typeOfTheOther, .unknownType, .emptyExtraData, .unsafeByte,
            .bytesBehindCertification, .bytesBehindQuote, .twoBanks, .otherBank, .noBank,
            .shortSelection, .offset, .shortCounter, .nameOfAnotherAlgorithm, .statementsSwapped,
            .keyIDInCapitals, .noRegisters, .registersNotAscending, .registerOutOfRange,
            .hugeStatement, .bytesBehindSignature, .otherSignatureAlgorithm, .otherSignatureHash,
            .longSignaturePart:
            .attestationMalformed
        case .certifiedForAnotherManifest, .quotedForAnotherManifest, .otherSelection,
            .otherDigest, .otherIndexName, .restartedBetween, .resetBetween, .replayedQuote,
            .replayedCertification, .registerValue, .registerLeftOut:
            .attestationMismatch
        case .counterTwoAhead, .counterUnchanged, .counterBack, .resetBack, .restartBack,
            .clockBack:
            .sealCounter
        case .stripped: .attestationMissing
        case .oneByteOfStatement, .oneByteOfSignature, .signaturesSwapped, .otherKey,
            .certificationSignedByAnother, .otherKeyUnderThisID, .zeroSignature:
            .attestationSignature
        }
    }

    /// Found without knowing the key.
    var needsNoTrustFile: Bool {
        code != .attestationSignature && code != .attestationMissing && self != .otherIndexName
    }

    func changeStatements(_ seal: inout TestTPM.Seal) throws {
        switch self {
        case .magic: seal.quote.magic ^= 1
        case .typeOfTheOther: seal.certify.type = seal.quote.type
        case .unknownType: seal.certify.type = 0x8017
        case .emptyExtraData: seal.quote.extraData = []
        case .unsafeByte: seal.quote.safe = 2
        case .bytesBehindCertification: seal.certify.trailing = [0]
        case .bytesBehindQuote: seal.quote.trailing = [0, 0]
        case .twoBanks, .otherBank, .noBank, .shortSelection, .otherDigest:
            changeQuote(&seal.quote)
        case .offset, .shortCounter, .nameOfAnotherAlgorithm, .otherIndexName, .counterTwoAhead,
            .counterUnchanged, .counterBack:
            try changeCounter(&seal.certify)
        case .certifiedForAnotherManifest: seal.certify.extraData[0] ^= 1
        case .quotedForAnotherManifest: seal.quote.extraData[31] ^= 1
        case .otherSelection:
            guard case .quote(_, let digest) = seal.quote.attested else { return }
            seal.quote.attested = .quote(registers: [0, 7, 22], digest: digest)
        case .restartedBetween: seal.quote.restartCount += 1
        case .resetBetween: seal.quote.resetCount += 1
        case .resetBack:
            seal.stamp(clock: seal.certify.clock, resetCount: 6, restartCount: 9)
        case .restartBack:
            seal.stamp(clock: seal.certify.clock, resetCount: 7, restartCount: 1)
        case .clockBack:
            // Behind the certification before, but not behind the quote that came after it.
            seal.stamp(clock: seal.certify.clock - 998, resetCount: 7, restartCount: 2)
        default: break
        }
    }

    private func changeQuote(_ quote: inout TPMStatement) {
        guard case .quote(var selections, var digest) = quote.attested else { return }
        switch self {
        case .twoBanks: selections.append((0x0004, [0, 0, 0]))
        case .otherBank: selections[0].hash = 0x000C
        case .noBank: selections = []
        case .shortSelection: selections[0].bitmap.removeLast()
        default: digest[0] ^= 1
        }
        quote.attested = .quote(selections: selections, digest: digest)
    }

    private func changeCounter(_ certify: inout TPMStatement) throws {
        guard case .certify(var name, var offset, var contents) = certify.attested else { return }
        switch self {
        case .offset: offset = 1
        case .shortCounter: contents.removeFirst()
        case .nameOfAnotherAlgorithm: name[1] = 0x0C
        case .otherIndexName: name[33] ^= 1
        case .counterTwoAhead: contents[7] += 1
        case .counterUnchanged: contents[7] -= 1
        default: contents[7] -= 2
        }
        certify.attested = .certify(indexName: name, offset: offset, contents: contents)
    }

    func changeSigned(
        _ signed: inout TestTPM.SignedSeal, _ seal: TestTPM.Seal, before: TestTPM.SignedSeal?
    ) throws {
        switch self {
        case .statementsSwapped: (signed.certify, signed.quote) = (signed.quote, signed.certify)
        case .keyIDInCapitals: signed.keyID = String(signed.keyID.dropLast()) + "A"
        case .noRegisters: signed.registers = []
        case .registersNotAscending: signed.registers.swapAt(0, 1)
        case .registerOutOfRange: signed.registers[2] = .init(index: 24, value: .zero)
        case .registerValue: signed.registers[1] = .init(index: 7, value: .zero)
        case .registerLeftOut: signed.registers.removeLast()
        case .replayedQuote: signed.quote = try Test.unwrap(before).quote
        case .replayedCertification: signed.certify = try Test.unwrap(before).certify
        case .certificationSignedByAnother: signed.certify = try TestTPM().sign(seal.certify)
        case .otherKey, .otherKeyUnderThisID:
            let stranger = try TestTPM().sign(seal)
            let keyID = self == .otherKey ? stranger.keyID : signed.keyID
            signed = stranger
            signed.keyID = keyID
        default: changeBytes(&signed)
        }
    }

    private func changeBytes(_ signed: inout TestTPM.SignedSeal) {
        var (attest, signature) = (signed.quote.attest, signed.quote.signature)
        let parts = Array(signature[6..<38] + signature[40..<72])
        switch self {
        case .hugeStatement: attest += [UInt8](repeating: 0, count: 1_024)
        case .bytesBehindSignature: signature.append(0)
        case .otherSignatureAlgorithm: signature = TPMBytes.signature(parts, algorithm: 0x0016)
        case .otherSignatureHash: signature = TPMBytes.signature(parts, hash: 0x000C)
        case .longSignaturePart: signature = TPMBytes.signature([0] + parts + [0])
        case .oneByteOfStatement: attest[10] ^= 1
        case .oneByteOfSignature: signature[20] ^= 1
        case .signaturesSwapped: signature = signed.certify.signature
        case .zeroSignature: signature = TPMBytes.signature([UInt8](repeating: 0, count: 64))
        default: return
        }
        signed.quote = .init(attest: attest, signature: signature)
    }
}
