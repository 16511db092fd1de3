import Glibc

/// How many files and sockets this process may have open. The soft limit is mostly 1,024, for the sake of programs that use select(2);
/// this one does not, and needs one for each connection.
enum DescriptorLimit {
    /// Raises it as far as it may be; else fewer connections are taken at one time.
    static func raise() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }
}
