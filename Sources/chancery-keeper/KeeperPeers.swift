import Glibc

/// Which user may call on which socket. In development all daemons run as one user; on the appliance each has its
/// own, and then a taken-over gateway cannot speak as the ledger.
struct KeeperPeers: Sendable {
    var gateway: uid_t
    var ledger: uid_t
}
