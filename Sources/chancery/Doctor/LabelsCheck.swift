import CLinux
import Foundation
import ProcessBoundary

/// SELinux: enforcing, with our module, everything under the type that it gives; sealed segments that nobody may touch.
struct LabelsCheck: Check {
    static let name = "labels"
    static let abstract =
        "SELinux enforces, with our module, locked; types of programs, data, processes; sealed segments are immutable"
    static let things = [
        "enforcing", "module", "locked", "files", "sealed", "processes", "immutable",
    ]

    struct SELinux: Sendable {
        let isEnforcing: Bool
        /// The kernel knows our types; nil: it does not tell us.
        let hasModule: Bool?
        /// `secure_mode_policyload`; nil: the policy has no such boolean, or it may not be read.
        let isLocked: Bool?
    }

    struct Label: Sendable {
        let path: String
        let type: String
        let context: Sight<String>
    }

    let isInstalled: Bool
    /// Nil: the kernel has none.
    let selinux: SELinux?
    let files: [Label]
    let sealed: [Label]
    /// `path` is the daemon's name.
    let processes: [Label]
    /// Sealed files and whether they are immutable.
    let immutable: [(path: String, is: Sight<Bool>)]

    static func gather(_ patient: Patient) async -> LabelsCheck {
        await gather(patient, selinux: selinux(), reader: label)
    }

    /// - Parameter reader: `security.selinux` of a path.
    static func gather(
        _ patient: Patient, selinux: SELinux?, reader: (String) -> Sight<String>
    ) async -> LabelsCheck {
        let rules = LabelRules(home: patient.home)
        let sealed = rules.sealedFiles
        return LabelsCheck(
            isInstalled: patient.isInstalled, selinux: selinux,
            files: rules.files.map {
                Label(path: $0.path, type: $0.type, context: reader($0.path))
            },
            sealed: sealed.map {
                Label(path: $0, type: LabelRules.sealedType, context: reader($0))
            },
            processes: DaemonKind.allCases.compactMap { daemon in
                guard let pid = patient.process(daemon)?.pid else { return nil }
                return Label(
                    path: daemon.rawValue, type: LabelRules.domain(of: daemon),
                    context: text("/proc/\(pid)/attr/current"))
            },
            immutable: sealed.map { ($0, isImmutable($0)) })
    }

    private static func selinux() -> SELinux? {
        guard case .seen(let enforce) = text("/sys/fs/selinux/enforce") else { return nil }
        let locked = text("/sys/fs/selinux/booleans/secure_mode_policyload").fact
        return SELinux(
            isEnforcing: enforce == "1", hasModule: hasModule(),
            isLocked: locked.map { $0.hasPrefix("1") })
    }

    /// selinuxfs: a context that is written there and is not valid gives EINVAL.
    private static func hasModule() -> Bool? {
        let descriptor = open("/sys/fs/selinux/context", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let context = "system_u:object_r:\(LabelRules.sealedType):s0"
        let written = context.withCString { write(descriptor, $0, strlen($0) + 1) }
        if written >= 0 { return true }
        return errno == EINVAL ? false : nil
    }

    private static func text(_ path: String) -> Sight<String> {
        guard let data = FileManager.default.contents(atPath: path) else {
            return Files.exists(path) ? .hidden("\(path) may not be read") : .missing
        }
        return .seen(
            String(decoding: data.prefix { $0 != 0 }, as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines))
    }

    static func label(_ path: String) -> Sight<String> {
        var value = [UInt8](repeating: 0, count: 256)
        let count = chancery_extended_attribute(
            path, "security.selinux", &value, UInt(value.count))
        guard count >= 0 else {
            if errno == ENOENT { return .missing }
            // No label at all is a label that is not ours.
            if errno == ENODATA || errno == EOPNOTSUPP { return .seen("") }
            return .hidden("\(path): \(SystemError.text(errno))")
        }
        return .seen(String(decoding: value.prefix(count).prefix { $0 != 0 }, as: UTF8.self))
    }

    private static func isImmutable(_ path: String) -> Sight<Bool> {
        switch chancery_is_immutable(path) {
        case 1: .seen(true)
        case 0: .seen(false)
        default:
            errno == ENOENT ? .missing : .hidden("\(path): \(SystemError.text(errno))")
        }
    }

    var findings: [Finding] {
        guard let selinux else {
            let missing =
                isInstalled
                ? Finding.warning(
                    Self.named("enforcing"), "this kernel runs without SELinux",
                    do: "boot with it (security=selinux), see selinux/README.md")
                : .noneHere(Self.named("enforcing"), "no SELinux")
            return [missing, immutableFinding]
        }
        guard isInstalled else {
            return [
                .noneHere(Self.named("enforcing"), "this is no installed machine"),
                immutableFinding,
            ]
        }
        return [enforcing(selinux), module(selinux), locked(selinux)]
            + [
                compare("files", files, do: "restorecon -RFv"),
                compare(
                    "sealed", sealed,
                    // What is immutable takes no label by hand.
                    do: "systemctl start chancery-label-sealed.service  #"),
                compare("processes", processes, do: "systemctl restart"),
                immutableFinding,
            ]
    }

    private func enforcing(_ selinux: SELinux) -> Finding {
        let name = Self.named("enforcing")
        return selinux.isEnforcing
            ? .ok(name, "enforcing")
            : .error(
                name, "permissive: what is forbidden is only written down",
                do: "setenforce 1, and SELINUX=enforcing in /etc/selinux/config")
    }

    private func module(_ selinux: SELinux) -> Finding {
        let name = Self.named("module")
        switch selinux.hasModule {
        case true?: return .ok(name, "contact_enrichment is loaded")
        case nil: return .notChecked(name, "the kernel does not tell us")
        case false?:
            return .error(
                name, "contact_enrichment is not loaded",
                do:
                    "semodule -i /usr/share/selinux/packages/contact_enrichment.pp, then restorecon -RF /usr/lib/chancery /etc/chancery /var/lib/chancery"
            )
        }
    }

    private func locked(_ selinux: SELinux) -> Finding {
        let name = Self.named("locked")
        switch selinux.isLocked {
        case true?: return .ok(name, "secure_mode_policyload is on")
        case nil: return .notChecked(name, "secure_mode_policyload cannot be read")
        case false?:
            return .warning(
                name, "secure_mode_policyload is off: root may turn enforcement off",
                do:
                    "setsebool -P secure_mode_policyload on (until the next boot nothing of the policy changes any more)"
            )
        }
    }

    private func compare(_ thing: String, _ labels: [Label], do command: String) -> Finding {
        let name = Self.named(thing)
        let wrong = labels.filter { label in
            guard case .seen(let context) = label.context else { return false }
            return Self.type(of: context) != label.type
        }
        guard wrong.isEmpty else {
            let shown = wrong.prefix(5).map { label in
                "\(label.path) is \(label.context.fact.map { $0.isEmpty ? "without a label" : $0 } ?? ""), not \(label.type)"
            }
            return .error(
                name,
                shown.joined(separator: "; ")
                    + (wrong.count > 5 ? "; and \(wrong.count - 5) more" : ""),
                do: "\(command) \(wrong.prefix(5).map(\.path).joined(separator: " "))")
        }
        let hidden = labels.compactMap { label -> String? in
            if case .hidden(let reason) = label.context { reason } else { nil }
        }
        if let first = hidden.first { return .notChecked(name, first) }
        let seen = labels.count { $0.context.fact != nil }
        return seen == 0
            ? .noneHere(name, "there are none") : .ok(name, "\(seen) as the module says")
    }

    /// `user:role:type:range`.
    static func type(of context: String) -> String? {
        let parts = context.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 2 ? String(parts[2]) : nil
    }

    private var immutableFinding: Finding {
        let name = Self.named("immutable")
        guard isInstalled else { return .noneHere(name, "this is no installed machine") }
        let open = immutable.filter { $0.is.fact == false }
        guard open.isEmpty else {
            return .error(
                name,
                "\(open.count) of \(immutable.count) sealed files may be changed by root, the first is \(open[0].path)",
                do: "systemctl start chancery-label-sealed.service")
        }
        for case (_, .hidden(let reason)) in immutable { return .notChecked(name, reason) }
        return immutable.isEmpty
            ? .noneHere(name, "nothing is sealed yet")
            : .ok(name, "\(immutable.count) sealed files")
    }
}
