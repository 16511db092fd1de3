import Foundation
import NIOSSL
import Testing

/// Clients that resume a TLS session show no certificate a second time: it is the one of the session. NIO's client resumes none, so Python
/// does it.
@Suite struct ResumptionTests {
    private static let script = """
        import socket, ssl, sys
        port, ca, certificate, token = sys.argv[1:]
        context = ssl.create_default_context(cafile=ca)
        context.load_cert_chain(certificate)

        def ask(session):
            raw = socket.create_connection(("localhost", int(port)))
            try:
                with context.wrap_socket(raw, server_hostname="localhost", session=session) as tls:
                    tls.sendall((f"GET /api/v1/keys HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n"
                        f"Authorization: Bearer {token}\\r\\n\\r\\n").encode())
                    status = tls.recv(12).decode()[9:]
                    print("resumed" if tls.session_reused else "new", status or "ended", flush=True)
                    return tls.session
            except OSError:
                print("refused", flush=True)

        session = ask(None)
        ask(session)
        sys.stdin.readline()
        ask(session)
        """

    /// Waits on a thread of its own: the gateway needs those of the tasks.
    private static func line(_ handle: FileHandle) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var line = Data()
                while let byte = try? handle.read(upToCount: 1), !byte.isEmpty, byte != Data([10]) {
                    line += byte
                }
                continuation.resume(returning: String(decoding: line, as: UTF8.self))
            }
        }
    }

    @Test func aResumedSessionIsOfTheSameClientUntilItIsRevoked() async throws {
        try await RunningGateway.run(authority: BoundAuthority()) { gateway in
            let identity = try gateway.pki.client("operator-1")
            let file = gateway.pki.home.root + "/client.pem"
            try gateway.pki.write(identity.pem + "\n" + identity.keyPEM, file)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                "python3", "-c", Self.script, String(gateway.port), gateway.pki.home.caCertificate,
                file, BoundAuthority.token(.operator, "operator-1", identity),
            ]
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            defer { process.terminate() }
            let lines = output.fileHandleForReading
            let first = await Self.line(lines)
            #expect(first == "new 200")
            let second = await Self.line(lines)
            #expect(second == "resumed 200")
            try gateway.pki.publish(revoked: [identity])
            try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
            let third = await Self.line(lines)
            #expect(["refused", "new ended", "new 401", "resumed 401"].contains(third))
        }
    }
}
