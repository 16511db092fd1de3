import ProcessBoundary

/// Hardens the process before it has a second thread, then reads the command line.
@main
enum GatewayMain {
    static func main() async {
        Daemon.begin(Gateway.name)
        await Gateway.main()
    }
}
