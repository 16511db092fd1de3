import AccessControl
import Foundation
import ProcessBoundary

/// Certificates, their keys and names, the revocation lists, the keys of who issues tokens.
struct CertificatesCheck: Check {
    static let name = "certificates"
    static let abstract =
        "of the server, of client authorities, of the operator: dates, key, names; revocation lists; the issuer's keys"
    static let things = [
        "server", "server.key", "server.names", "authority", "client-authorities", "operator",
        "operator.key",
        "administrator", "administrator.key", "revocations", "issuer",
    ]

    struct Subject: Sendable {
        let thing: String
        let path: String
        let certificates: Sight<[CertificateFacts]>
        /// Host that clients call it by; nil: it serves nobody.
        let host: String?
        /// What renews it.
        let renewal: String
    }

    struct Issuer: Sendable {
        /// Keys that count.
        let keys: Int
        /// Why they may be outdated.
        let problem: String?
    }

    let subjects: [Subject]
    let revocations: Sight<[Date]>
    let issuer: Sight<Issuer>
    /// Revocation lists and issuers' keys by these paths.
    let paths: (revocations: String, keySet: String)
    let renewal: String
    let now: Date

    static let margin: TimeInterval = 14 * 86_400

    static func gather(_ patient: Patient) async -> CertificatesCheck {
        let home = patient.home
        let renewal =
            patient.isInstalled
            ? "chancery provision --renew (chancery provision, where it never ran)"
            : "chancery up"
        let host = URL(string: patient.base)?.host
        var subjects = [
            Subject(
                thing: "server", path: home.serverCertificate,
                certificates: CertificateFacts.read(home.serverCertificate, key: home.serverKey),
                host: host,
                renewal: renewal
                    + (patient.isInstalled
                        ? "; one of your own: /usr/lib/chancery/renew-certificate CHAIN KEY" : "")),
            Subject(
                thing: "client-authorities", path: home.clientAuthority,
                certificates: CertificateFacts.read(home.clientAuthority, key: nil), host: nil,
                renewal: renewal),
        ]
        // Else whom this machine trusts is trusted.
        if let authority = home.gatewayAuthority {
            subjects.append(
                Subject(
                    thing: "authority", path: authority,
                    certificates: CertificateFacts.read(authority, key: nil), host: nil,
                    renewal: renewal))
        }
        for caller in Caller.allCases {
            let identity = caller.identity(home)
            subjects.append(
                Subject(
                    thing: caller.role, path: identity.certificate,
                    certificates: CertificateFacts.read(identity.certificate, key: identity.key),
                    host: nil, renewal: renewal))
        }
        return CertificatesCheck(
            subjects: subjects, revocations: RevocationDates.read(home.clientRevocations),
            issuer: issuer(home, patient.now),
            paths: (home.clientRevocations, home.issuerKeySet), renewal: renewal, now: patient.now)
    }

    private static func issuer(_ home: Home, _ now: Date) -> Sight<Issuer> {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try SystemFile.read(home.issuerKeySet, limit: KeySet.maxBytes)
        } catch {
            return error.number == ENOENT ? .missing : .hidden("\(error)")
        }
        do throws(KeySetError) {
            let keys = try KeySet(Data(bytes))
            return .seen(
                Issuer(
                    keys: keys.keyIDs.count,
                    problem: KeySetFetch.read(beside: home.issuerKeySet)?.problem(at: now)))
        } catch {
            return .seen(Issuer(keys: 0, problem: error.message))
        }
    }

    var findings: [Finding] {
        subjects.flatMap(judge) + [revocationFinding, issuerFinding]
    }

    private func judge(_ subject: Subject) -> [Finding] {
        let name = Self.named(subject.thing)
        switch subject.certificates {
        case .missing:
            return [.error(name, "\(subject.path) is missing", do: subject.renewal)]
        case .hidden(let reason):
            return [.notChecked(name, reason)]
        case .seen(let certificates):
            guard let leaf = certificates.first else {
                return [
                    .error(
                        name, "\(subject.path) holds something else than certificates in PEM",
                        do: subject.renewal)
                ]
            }
            return [dates(name, subject, certificates)] + key(name, subject, leaf)
                + names(name, subject, leaf)
        }
    }

    private func dates(
        _ name: String, _ subject: Subject, _ certificates: [CertificateFacts]
    ) -> Finding {
        let end = certificates.map(\.until).min() ?? .distantPast
        if let early = certificates.map(\.from).max(), early > now {
            return .error(
                name, "\(subject.path) counts from \(early.ISO8601Format()) on",
                do: "check the clock (clock.entries), or: \(subject.renewal)")
        }
        let text = "\(subject.path) until \(end.ISO8601Format())"
        if end <= now {
            return .error(
                name, "\(subject.path) expired \(end.ISO8601Format())", do: subject.renewal)
        }
        guard end > now.addingTimeInterval(Self.margin) else {
            return .warning(
                name, "\(text), in \(Figures.duration(end.timeIntervalSince(now)))",
                do: subject.renewal)
        }
        return .ok(name, text)
    }

    private func key(_ name: String, _ subject: Subject, _ leaf: CertificateFacts) -> [Finding] {
        let name = name + ".key"
        switch leaf.key {
        case .notExpected: return []
        case .fits: return [.ok(name, "is the certificate's")]
        case .differs:
            return [
                .error(
                    name, "the key beside \(subject.path) is not that certificate's, or is damaged",
                    do: "put certificate and key of one pair there, or: \(subject.renewal)")
            ]
        case .missing:
            return [
                .error(name, "the key of \(subject.path) is missing", do: subject.renewal)
            ]
        case .unseen(let reason): return [.notChecked(name, reason)]
        }
    }

    private func names(_ name: String, _ subject: Subject, _ leaf: CertificateFacts) -> [Finding] {
        guard let host = subject.host else { return [] }
        let name = name + ".names"
        guard !leaf.names.isEmpty else {
            return [
                .error(
                    name, "\(subject.path) names no host: no client accepts it",
                    do: "have it issued with subject alternative names; or: \(subject.renewal)")
            ]
        }
        let shown = leaf.names.joined(separator: ", ")
        guard leaf.names.contains(where: { Self.matches($0, host) }) else {
            return [
                .warning(
                    name, "\(shown); commands of this machine call it \(host)",
                    do: "name \(host) in the certificate, too, or give commands --url")
            ]
        }
        return [.ok(name, shown)]
    }

    private static func matches(_ pattern: String, _ host: String) -> Bool {
        if pattern.lowercased() == host.lowercased() { return true }
        guard pattern.hasPrefix("*."), let dot = host.firstIndex(of: ".") else { return false }
        return host[dot...].lowercased() == pattern.dropFirst().lowercased()
    }

    private var revocationFinding: Finding {
        let name = Self.named("revocations")
        switch revocations {
        case .missing:
            return .error(
                name, "\(paths.revocations) is missing: no client certificate is accepted",
                do: renewal)
        case .hidden(let reason): return .notChecked(name, reason)
        case .seen(let dates):
            guard let end = dates.min() else {
                return .error(
                    name,
                    "\(paths.revocations) holds something else than revocation lists with an end",
                    do: renewal)
            }
            if end <= now {
                return .error(
                    name,
                    "a list of \(paths.revocations) ended \(end.ISO8601Format()): its authority's client certificates are refused",
                    do: renewal)
            }
            guard end > now.addingTimeInterval(Self.margin) else {
                return .warning(
                    name,
                    "a list ends \(end.ISO8601Format()), in \(Figures.duration(end.timeIntervalSince(now)))",
                    do: renewal)
            }
            return .ok(name, "until \(end.ISO8601Format())")
        }
    }

    private var issuerFinding: Finding {
        let name = Self.named("issuer")
        switch issuer {
        case .missing:
            return .error(
                name, "\(paths.keySet) is missing: no token is accepted",
                do: "chancery up, or chancery issuer-keys fetch --url …")
        case .hidden(let reason): return .notChecked(name, reason)
        case .seen(let issuer):
            if issuer.keys == 0 {
                return .error(
                    name, "\(paths.keySet): \(issuer.problem ?? "no key that counts")",
                    do: "chancery issuer-keys fetch --url …")
            }
            if let problem = issuer.problem {
                return .warning(
                    name, problem,
                    do: "see log/issuer-keys.log; chancery issuer-keys fetch --url …")
            }
            return .ok(name, "\(issuer.keys) keys that tokens are checked with")
        }
    }
}
