import Crypto
import Foundation
import ProcessBoundary
import SwiftASN1
import X509

/// A certificate in a PEM file, and whether the key beside it is its key.
struct CertificateFacts: Sendable {
    enum Key: Sendable, Equatable {
        case fits
        case differs
        case missing
        /// It may not be seen, or none is expected.
        case unseen(String)
        case notExpected
    }

    let from: Date
    let until: Date
    /// DNS names and addresses.
    let names: [String]
    let key: Key

    /// The certificates of a file, the first with its key.
    /// - Parameter key: nil: of certificates whose key is somewhere else.
    /// - Returns: none where the file holds something else.
    static func read(_ path: String, key: String?) -> Sight<[CertificateFacts]> {
        let text: String
        switch Self.text(path) {
        case .seen(let seen): text = seen
        case .missing: return .missing
        case .hidden(let reason): return .hidden(reason)
        }
        guard let documents = try? PEMDocument.parseMultiple(pemString: text), !documents.isEmpty
        else { return .seen([]) }
        var found: [CertificateFacts] = []
        for document in documents {
            guard let certificate = try? Certificate(pemDocument: document) else {
                return .seen([])
            }
            found.append(
                CertificateFacts(
                    from: certificate.notValidBefore, until: certificate.notValidAfter,
                    names: names(certificate),
                    key: found.isEmpty ? fit(certificate, key) : .notExpected))
        }
        return .seen(found)
    }

    private static func text(_ path: String) -> Sight<String> {
        do throws(SystemError) {
            // Links of the service manager lead to credentials.
            let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            return .seen(
                String(decoding: try SystemFile.read(target, limit: 1 << 20), as: UTF8.self))
        } catch {
            return error.number == ENOENT ? .missing : .hidden("\(error)")
        }
    }

    private static func fit(_ certificate: Certificate, _ path: String?) -> Key {
        guard let path else { return .notExpected }
        switch text(path) {
        case .missing: return .missing
        case .hidden(let reason): return .unseen(reason)
        case .seen(let pem):
            guard let key = try? Certificate.PrivateKey(pemEncoded: pem) else { return .differs }
            return key.publicKey == certificate.publicKey ? .fits : .differs
        }
    }

    private static func names(_ certificate: Certificate) -> [String] {
        let names =
            (try? certificate.extensions.subjectAlternativeNames) ?? SubjectAlternativeNames()
        return names.compactMap { name in
            switch name {
            case .dnsName(let text): text
            case .ipAddress(let bytes): address(Array(bytes.bytes))
            default: nil
            }
        }
    }

    private static func address(_ bytes: [UInt8]) -> String? {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family =
            switch bytes.count {
            case 4: AF_INET
            case 16: AF_INET6
            default: AF_UNSPEC
            }
        guard family != AF_UNSPEC,
            inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil
        else { return nil }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// When revocation lists end (RFC 5280, section 5.1.2.5).
enum RevocationDates {
    /// `nextUpdate` of each list of a PEM file; none where it holds something else, or a list without an end.
    static func read(_ path: String) -> Sight<[Date]> {
        let text: String
        do throws(SystemError) {
            text = String(decoding: try SystemFile.read(path, limit: 16 << 20), as: UTF8.self)
        } catch {
            return error.number == ENOENT ? .missing : .hidden("\(error)")
        }
        guard let documents = try? PEMDocument.parseMultiple(pemString: text), !documents.isEmpty
        else { return .seen([]) }
        let dates = documents.compactMap { try? nextUpdate($0.derBytes) }
        return .seen(dates.count == documents.count ? dates : [])
    }

    private static func nextUpdate(_ der: [UInt8]) throws -> Date {
        try DER.sequence(DER.parse(der), identifier: .sequence) { list in
            guard let body = list.next() else { throw ASN1Error.invalidASN1Object(reason: "empty") }
            while list.next() != nil {}
            return try DER.sequence(body, identifier: .sequence) { fields in
                var times: [Date] = []
                while let field = fields.next() {
                    if field.identifier == .utcTime {
                        times.append(try date(UTCTime(derEncoded: field)))
                    } else if field.identifier == .generalizedTime {
                        times.append(try date(GeneralizedTime(derEncoded: field)))
                    }
                }
                guard times.count == 2 else {
                    throw ASN1Error.invalidASN1Object(reason: "no nextUpdate")
                }
                return times[1]
            }
        }
    }

    private static func date(_ time: UTCTime) -> Date {
        date(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
    }

    private static func date(_ time: GeneralizedTime) -> Date {
        date(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
    }

    private static func date(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int
    ) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(
            from: DateComponents(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second))
            ?? .distantPast
    }
}
