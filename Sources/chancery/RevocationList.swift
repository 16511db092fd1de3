import Crypto
import Foundation
import SwiftASN1
import X509

/// A certificate revocation list, version 2 (RFC 5280, section 5.1), signed with ECDSA over SHA-256:
///
///     SEQUENCE { tbsCertList, AlgorithmIdentifier, BIT STRING }
///     tbsCertList = SEQUENCE { INTEGER 1, AlgorithmIdentifier, issuer Name, thisUpdate Time, nextUpdate Time,
///                              SEQUENCE OF SEQUENCE { serial INTEGER, revocationDate Time } OPTIONAL,
///                              [0] SEQUENCE OF Extension { authorityKeyIdentifier, cRLNumber } }
struct RevocationList {
    struct Entry: Equatable {
        /// Content bytes of an ASN.1 integer.
        let serial: [UInt8]
        let date: Date
    }

    let authority: DevelopmentAuthority
    let entries: [Entry]
    let thisUpdate: Date
    let nextUpdate: Date

    /// PEM.
    func signed() throws -> String {
        let body = try der { try serializeBody(into: &$0) }
        let signature = try authority.key.signature(for: body).derRepresentation
        let list = try der { coder in
            try coder.appendConstructedNode(identifier: .sequence) { coder in
                coder.serializeRawBytes(body)
                try Self.serializeAlgorithm(into: &coder)
                try coder.serialize(ASN1BitString(bytes: ArraySlice(signature)))
            }
        }
        return PEMDocument(type: "X509 CRL", derBytes: list).pemString + "\n"
    }

    private func serializeBody(into coder: inout DER.Serializer) throws {
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            try coder.serialize(1)
            try Self.serializeAlgorithm(into: &coder)
            try coder.serialize(authority.certificate.subject)
            try coder.serialize(Self.time(thisUpdate))
            try coder.serialize(Self.time(nextUpdate))
            if !entries.isEmpty {
                try coder.appendConstructedNode(identifier: .sequence) { coder in
                    for entry in entries { try Self.serialize(entry, into: &coder) }
                }
            }
            let extensions = try extensions
            try coder.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) {
                try $0.serializeSequenceOf(extensions)
            }
        }
    }

    private static func serialize(_ entry: Entry, into coder: inout DER.Serializer) throws {
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            try coder.serialize(ArraySlice(entry.serial))
            try coder.serialize(time(entry.date))
        }
    }

    /// The number grows from list to list: seconds since 1970.
    private var extensions: [Certificate.Extension] {
        get throws {
            let number = try der { try $0.serialize(Int(thisUpdate.timeIntervalSince1970)) }
            return [
                try Certificate.Extension(authority.keyIdentifier, critical: false),
                Certificate.Extension(
                    oid: [2, 5, 29, 20], critical: false, value: ArraySlice(number)),
            ]
        }
    }

    /// ecdsa-with-SHA256 (RFC 5758, section 3.2), without parameters.
    private static func serializeAlgorithm(into coder: inout DER.Serializer) throws {
        let identifier: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]
        try coder.appendConstructedNode(identifier: .sequence) { try $0.serialize(identifier) }
    }

    /// Until 2049 times are UTCTime (RFC 5280, section 5.1.2.4).
    private static func time(_ date: Date) throws -> UTCTime {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second], from: date)
        return try UTCTime(
            year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0,
            hours: parts.hour ?? 0, minutes: parts.minute ?? 0, seconds: parts.second ?? 0)
    }

    private func der(_ body: (inout DER.Serializer) throws -> Void) rethrows -> [UInt8] {
        var coder = DER.Serializer()
        try body(&coder)
        return coder.serializedBytes
    }
}
