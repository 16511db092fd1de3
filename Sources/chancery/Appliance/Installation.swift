import ProcessBoundary

/// Whether this program is part of an installed Chancery, whose daemons systemd runs, or lies where it was built and runs
/// them itself. Decided here and nowhere else, by where the executable is.
enum Installation: Sendable, Equatable {
    case development
    case appliance(Appliance)

    private static let directories = ["/usr/lib/chancery", "/usr/libexec/chancery"]

    /// - Throws: `notInstalled`; `badInput` for a configuration that cannot be read.
    static func current() throws(OperatorError) -> Installation {
        try of(programs: Binaries().directory)
    }

    /// - Parameter programs: the directory of the executable.
    static func of(
        programs: String, places: Appliance.Places = .installed
    ) throws(OperatorError) -> Installation {
        guard directories.contains(programs) else { return .development }
        return .appliance(
            Appliance(
                places: places,
                configuration: try ApplianceConfiguration.read(places.configurationFile)))
    }

    /// Where the data is: --home, else CHANCERY_HOME, else the appliance's directory, or `var` in development.
    func home(
        flag: String?, environment: (String) -> String? = HomeLayout.environmentValue
    ) -> HomeLayout {
        guard case .appliance(let appliance) = self, flag?.isEmpty != false,
            environment("CHANCERY_HOME")?.isEmpty != false
        else { return HomeLayout.resolve(flag: flag, environment: environment) }
        return HomeLayout(appliance.places.data)
    }

    /// Nil for a data directory that no unit serves, even if it is on an appliance.
    func appliance(of root: String) -> Appliance? {
        guard case .appliance(let appliance) = self, root == Home.absolute(appliance.places.data)
        else { return nil }
        return appliance
    }
}
