import Foundation

/// Labels as the module's file contexts have them, on machines with SELinux.
enum SELinuxLabels {
    private static let mount = "/sys/fs/selinux/enforce"

    static var isEnabled: Bool { Files.exists(mount) }

    /// Best effort: what stays without its label a domain is refused, and says so.
    static func restore(_ paths: [String]) {
        guard isEnabled,
            let restorecon = try? Binaries.tool("restorecon", package: "policycoreutils")
        else { return }
        let existing = paths.filter { Files.exists($0) }
        guard !existing.isEmpty else { return }
        _ = try? Foreground.run(restorecon, ["-RF"] + existing)
    }
}
