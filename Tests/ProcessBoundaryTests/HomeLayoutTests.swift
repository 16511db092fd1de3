import Glibc
import ProcessBoundary
import Testing

@Suite struct HomeLayoutTests {
    @Test func flagWinsOverEnvironmentAndBothOverTheDefault() {
        let environment = { (name: String) in name == "CHANCERY_HOME" ? "/srv/env" : nil }
        #expect(HomeLayout.resolve(flag: "/srv/flag", environment: environment).root == "/srv/flag")
        #expect(HomeLayout.resolve(flag: nil, environment: environment).root == "/srv/env")
        #expect(HomeLayout.resolve(flag: "", environment: environment).root == "/srv/env")
        #expect(HomeLayout.resolve(flag: nil) { _ in nil }.root.hasSuffix("/var"))
    }

    @Test(arguments: [
        ("/a/b/", "/a/b"), ("/a/./b//c", "/a/b/c"), ("/a/../b", "/b"), ("/..", "/"),
    ])
    func pathsAreNormal(given: String, root: String) {
        #expect(HomeLayout(given).root == root)
    }

    @Test func softwareTPMLiesBesideTheDirectoryNeverInside() {
        let home = HomeLayout("/srv/chancery/var")
        #expect(home.tpmDirectory { _ in nil } == "/srv/chancery/.tpm")
        #expect(home.tpmDirectory { _ in "/tpm" } == "/tpm")
    }

    @Test func directoriesBesideEachOtherHaveATPMEach() {
        let homes = ["/srv/var", "/srv/a", "/srv/b"].map(HomeLayout.init)
        #expect(
            homes.map { $0.tpmDirectory { _ in nil } }
                == ["/srv/.tpm", "/srv/.tpm-a", "/srv/.tpm-b"])
    }

    @Test func directoriesAreMadePrivateAndMakingThemAgainIsFine() throws {
        let directory = try TestDirectory()
        let home = HomeLayout(directory.path + "/deep/home")
        try home.create()
        chmod(home.keysDirectory, 0o755)
        try home.create()
        for path in [
            home.root, home.ledgerDirectory, home.viewsDirectory, home.keysDirectory,
            home.runDirectory, home.logDirectory, home.pkiDirectory,
        ] {
            var info = stat()
            #expect(stat(path, &info) == 0)
            #expect(info.st_mode & 0o777 == 0o700, "\(path)")
        }
    }

    /// On an appliance each directory has its own user, and who shares it with whom is not the daemons' to decide.
    @Test(.enabled(if: getuid() == 0, "only root can give a directory away"))
    func directoriesOfOtherUsersAreLeftAsTheyAre() throws {
        let directory = try TestDirectory()
        let home = HomeLayout(directory.path + "/home")
        try home.create()
        chmod(home.runDirectory, 0o755)
        chown(home.runDirectory, 4_711, 4_711)
        try home.create()
        var info = stat()
        #expect(stat(home.runDirectory, &info) == 0 && info.st_mode & 0o777 == 0o755)
    }

    @Test func tooLongASocketPathIsNamedBeforeAnythingIsMade() throws {
        let directory = try TestDirectory()
        let home = HomeLayout(directory.path + "/" + String(repeating: "x", count: 90))
        let error = #expect(throws: HomeLayoutError.self) { try home.create() }
        #expect(error?.code == .socketPathTooLong)
        #expect(error?.message.contains("--home") == true)
        #expect(access(home.root, F_OK) != 0)
    }

    @Test func longestSocketPathThatFitsIsAccepted() throws {
        let overhead = "/run/keeper.gateway.sock".utf8.count
        let longest = "/" + String(repeating: "x", count: 107 - overhead - 1)
        try HomeLayout(longest).checkSocketPaths()
        #expect(throws: HomeLayoutError.self) { try HomeLayout(longest + "x").checkSocketPaths() }
    }

    @Test func fileInTheWayIsNamed() throws {
        let directory = try TestDirectory()
        let home = HomeLayout(directory.path)
        close(open(home.viewsDirectory, O_CREAT | O_WRONLY, 0o600))
        let error = #expect(throws: HomeLayoutError.self) { try home.create() }
        #expect(error?.code == .notADirectory)
        #expect(error?.message.contains("views") == true)
    }
}
