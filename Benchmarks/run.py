#!/usr/bin/env python3
"""Measures Chancery's processes and, in the same run, what they are held against; prints a table in Markdown.

    Benchmarks/run.py [--quick] [--entries N] [--only NAME,…] [--postgres]

Needs `make build` and the load tool (`swift build -c release` in this directory); `make benchmark` does both.
Everything happens in a data directory of its own on the disk that holds this repository, and is removed at the end.
"""
import argparse, datetime, json, os, pathlib, platform, shutil, signal, subprocess, sys, tempfile, time, uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOAD = ROOT / "Benchmarks/.build/release/chancery-load"
CLI, VERIFY = ROOT / "bin/chancery", ROOT / "bin/chancery-verify"
PORT, BARE_PORT = 28443, 28444
DAEMONS = ["chancery-keeper", "chancery-ledger", "chancery-gateway"]


def say(text):
    print(text, file=sys.stderr, flush=True)


class Home:
    """A running Chancery of its own."""

    def __init__(self, name):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"bench-{name}-", dir=ROOT / "Benchmarks"))
        self.home = self.directory / "var"
        self.environment = dict(
            os.environ, CHANCERY_HOME=str(self.home), CHANCERY_TPM=str(self.directory / ".tpm"),
            CHANCERY_PORT=str(PORT))
        self.principals = 0

    def __enter__(self):
        self.chancery("up")
        return self

    def __exit__(self, *_):
        self.chancery("down", check=False)
        shutil.rmtree(self.directory, ignore_errors=True)

    def chancery(self, *arguments, check=True):
        return subprocess.run(
            [CLI, *arguments], env=self.environment, check=check, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL if not check else subprocess.PIPE).stdout

    @property
    def token(self):
        return self.token_of("enrichment-platform")

    def token_of(self, role):
        """Each of a principal of its own: searches are held to a quota of their principal, which is not what is measured."""
        self.principals += 1
        subject = f"load-{self.principals}"
        return self.chancery("token", "--subject", subject, "--role", role, "--ttl", "1h").strip()

    @property
    def ca(self):
        return self.home / "pki/ca.pem"

    def officer(self):
        """A client certificate, and a token that is bound to it."""
        name = str(self.directory / "officer")
        self.chancery("client-cert", "issue", "--subject", "load", "--out", name)
        certificate = name + ".pem"
        token = self.chancery(
            "token", "--subject", "load", "--role", "dpo", "--ttl", "1h", "--client-cert", certificate).strip()
        return certificate, token

    def load(self, command, *arguments, role="enrichment-platform", token=None):
        full = [LOAD, command, *map(str, arguments), "--token", token or self.token_of(role)]
        if command in ("appends", "fields"):
            full += ["--home", self.home]
        else:
            full += ["--ca", self.ca]
            if "--port" not in arguments:
                full += ["--port", str(PORT)]
        return figures(full)

    def pid(self, daemon):
        return int((self.home / f"run/{daemon}.pid").read_text().split()[0])

    def memory(self, field="VmRSS"):
        """MiB of each daemon."""
        result = {}
        for daemon in DAEMONS:
            for line in pathlib.Path(f"/proc/{self.pid(daemon)}/status").read_text().splitlines():
                if line.startswith(field + ":"):
                    result[daemon] = int(line.split()[1]) / 1024
        return result

    def entries(self):
        import ssl, urllib.request
        context = ssl.create_default_context(cafile=str(self.ca))
        with urllib.request.urlopen(f"https://localhost:{PORT}/ledger/checkpoint", context=context) as reply:
            return int(reply.read().split(b"\n")[1])

    def connection(self):
        import http.client, ssl
        return http.client.HTTPSConnection("localhost", PORT, context=ssl.create_default_context(cafile=str(self.ca)))

    def create(self, count):
        """So many contacts, one after the other; their ids."""
        connection, ids = self.connection(), []
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": "application/json", "X-Purpose": "sales"}
        for _ in range(count):
            connection.request("POST", "/api/v1/contacts", json.dumps({
                "email": f"{uuid.uuid4()}@example.com", "fullName": "Jane Doe", "consentType": "EXPLICIT_OPT_IN",
                "legalBasis": "GDPR_ART6_1A", "purposeCodes": ["sales"]}), headers)
            reply = connection.getresponse()
            body = json.loads(reply.read())
            if reply.status != 201:
                raise SystemExit(f"no contact: {body}")
            ids.append(body["id"])
        return ids

    def paths(self, paths):
        """A file that names them."""
        file = self.directory / "paths"
        file.write_text("\n".join(paths))
        return file

    def ask(self, path):
        connection = self.connection()
        connection.request("GET", path, headers={"Authorization": "Bearer " + self.token, "X-Purpose": "sales"})
        reply = connection.getresponse()
        body = json.loads(reply.read())
        if reply.status != 200:
            raise SystemExit(f"{path}: {body}")
        return body

    def erase(self, ids, connections):
        file = self.directory / "ids"
        file.write_text("\n".join(ids))
        certificate, token = self.officer()
        return self.load(
            "erase", "--ids", file, "--connections", connections, "--client-cert", certificate, token=token)

    def fill(self, entries):
        """Real contacts through the bulk route until the ledger has so many entries."""
        while (missing := entries - self.entries()) > 0:
            count = max(256, min(missing // 2, 200_000))
            line = self.load("bulk", "--count", count, "--streams", 2)
            say(f"  filled to {self.entries():,} entries at {line['perSecond']:,.0f} contacts/s")
            time.sleep(1.1)  # a checkpoint is published at most once a second


def figures(command):
    run = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode != 0:
        raise SystemExit(f"{command[1]} failed: {run.stderr.strip()}")
    result = json.loads(run.stdout)
    say(f"  {run.stdout.strip()}")
    return result


def sqlite(directory, group, seconds):
    return figures([LOAD, "sqlite", "--group", str(group), "--seconds", str(seconds), "--directory", directory])


def measured(command, environment=None):
    """Wall seconds and the child's peak resident MiB."""
    begin = time.monotonic()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{command} failed: {child.stderr.read().decode()}")
    return time.monotonic() - begin, usage.ru_maxrss / 1024, output


TABLE = []


def row(what, figure, baseline, ratio, target):
    TABLE.append((what, figure, baseline, ratio, target))
    say(f"* {what}: {figure} ({baseline}; {ratio}) — to reach {target}")


def appends(options):
    with Home("appends") as home:
        for in_flight, target in ((1, "latency ≤ 5 × a commit"), (64, "≥ 40,000/s, ratio ≥ 0.2"), (512, "≥ 80,000/s, ratio ≥ 0.2")):
            base = sqlite(home.directory, in_flight, options.seconds / 2)
            for kind in ("event", "create"):
                line = home.load("appends", "--in-flight", in_flight, "--seconds", options.seconds, "--kind", kind)
                what = f"appends ({'600 B event' if kind == 'event' else 'contact with unique email'}), {in_flight} in flight"
                if in_flight == 1:
                    row(what, f"p50 {line['p50']} µs, {line['perSecond']:,.0f}/s", f"SQLite commit p50 {base['p50']} µs",
                        f"{line['p50'] / base['p50']:.1f} ×", target)
                else:
                    row(what, f"{line['perSecond']:,.0f}/s, p50 {line['p50'] / 1000:.1f} ms, p99 {line['p99'] / 1000:.1f} ms",
                        f"SQLite × {in_flight}: {base['perSecond']:,.0f} rows/s", f"{line['perSecond'] / base['perSecond']:.2f}", target)


def beside_bare(home, seconds, what, target, *load):
    """A load, and the same against a bare endpoint before and after it."""
    token = home.token
    bare = subprocess.Popen(
        [LOAD, "bare", "--port", str(BARE_PORT), "--certificate", home.home / "pki/server.pem",
         "--key", home.home / "pki/server.key", "--token", token])
    try:
        time.sleep(1)
        def bare_run():
            return figures([LOAD, *load, "--port", str(BARE_PORT), "--ca", home.ca, "--token", token,
                            "--seconds", str(seconds / 2), "--name", "bare endpoint"])
        home.load(*load, "--seconds", 2)  # warm
        before = bare_run()
        line = home.load(*load, "--seconds", seconds)
        after = bare_run()
    finally:
        bare.send_signal(signal.SIGTERM)
        bare.wait()
    base = (before["perSecond"] + after["perSecond"]) / 2
    row(f"{what} over TLS, 64 connections",
        f"{line['perSecond']:,.0f}/s, p50 {line['p50'] / 1000:.1f} ms, p99 {line['p99'] / 1000:.1f} ms",
        f"bare Hummingbird endpoint {base:,.0f}/s", f"{line['perSecond'] / base:.2f}", target)


def post(options):
    with Home("post") as home:
        beside_bare(home, options.seconds, "POST /contacts", "ratio ≥ 0.4, p50 ≤ 10 ms, p99 ≤ 40 ms", "post")


def read(options):
    with Home("read") as home:
        paths = home.paths([f"/api/v1/contacts/{home.create(1)[0]}"])
        beside_bare(home, options.seconds, "GET /contacts/{id}, audited", "ratio ≥ 0.4", "read", "--paths", paths)


def directory(options):
    """What questions cost among many contacts, and among few."""
    with Home("directory") as home:
        home.load("bulk", "--count", 1_000, "--streams", 1)
        few, _ = questions(home, options)
        say(f"  filling with {options.subjects:,} contacts takes some minutes")
        home.load("bulk", "--count", options.subjects, "--streams", 2)
        time.sleep(1.1)
        many, memory = questions(home, options)
        for what, line in many.items():
            row(f"GET {what}, 16 connections, {options.subjects:,} contacts",
                f"p99 {line['p99'] / 1000:.1f} ms, p50 {line['p50'] / 1000:.1f} ms",
                f"among 1,000: p99 {few[what]['p99'] / 1000:.1f} ms", f"{line['p99'] / few[what]['p99']:.1f} ×", "p99 ≤ 20 ms")
        row("memory of all daemons while they are asked", f"{memory[1]:.0f} MiB at the end", f"{memory[0]:.0f} MiB at the start",
            f"{memory[1] / memory[0]:.2f}", "flat")


def questions(home, options):
    """Each kind of question about contacts from everywhere in the ledger; the memory before and after."""
    newest = home.ask("/api/v1/contacts?q=jane&limit=100")
    # A cursor is a place in the ledger, base 36: this one leads to the oldest contacts.
    last = "/api/v1/contacts?q=jane&limit=20&cursor=" + base36(200)
    oldest = home.ask(last)
    contacts = newest["contacts"] + oldest["contacts"]
    ids = [contact["id"] for contact in contacts]
    names = [contact["fullName"].split()[1] for contact in contacts]
    kinds = {
        "/contacts/{id}": [f"/api/v1/contacts/{id}" for id in ids],
        "/contacts/{id}?asOf=": [f"/api/v1/contacts/{c['id']}?asOf={c['version']}" for c in contacts],
        "/contacts/{id}/history": [f"/api/v1/contacts/{id}/history" for id in ids],
        "/provenance/{id}": [f"/api/v1/provenance/{id}" for id in ids],
        "/contacts?q=, a name that one has": [f"/api/v1/contacts?q={name}" for name in names],
        "/contacts?q=, a name that all have, first page": ["/api/v1/contacts?q=jane%20doe&limit=20"],
        "/contacts?q=, the same, last page": [last],
    }
    before = sum(home.memory().values())
    lines = {
        what: home.load(
            "read", "--paths", home.paths(paths), "--connections", 16,
            # Behind 3,000 searches a minute a principal is told to wait, and what were measured is how fast it is told.
            "--seconds", 3 if "?q=" in what else options.seconds)
        for what, paths in kinds.items()
    }
    return lines, (before, sum(home.memory().values()))


def base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def crowd(options):
    with Home("crowd") as home:
        home.load("post", "--seconds", 2)  # warm
        alone = [home.load("post", "--connections", 8, "--seconds", options.seconds)]
        many = subprocess.Popen(
            [sys.executable, ROOT / "Benchmarks/crowd.py", "--port", str(PORT), "--ca", home.ca],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            if many.stdout.readline().strip() != "ready":
                raise SystemExit("the crowd did not come about")
            beside = home.load("post", "--connections", 8, "--seconds", options.seconds)
        finally:
            many.stdin.close()
            many.kill()
            many.wait()
        time.sleep(5)
        alone.append(home.load("post", "--connections", 8, "--seconds", options.seconds))
        base = sum(line["p99"] for line in alone) / 2
        row("POST p99 beside 10,000 idle and 1,000 slow connections", f"{beside['p99'] / 1000:.1f} ms",
            f"without {base / 1000:.1f} ms", f"{beside['p99'] / base:.1f} ×", "≤ 2 ×")


def bulk(options):
    with Home("bulk") as home:
        base = sqlite(home.directory, 512, options.seconds / 2)
        line = home.load("bulk", "--count", options.bulk, "--streams", 2)
        row("bulk /mutations, two encrypted fields each", f"{line['perSecond']:,.0f} mutations/s",
            f"SQLite × 512: {base['perSecond']:,.0f} rows/s", f"{line['perSecond'] / base['perSecond']:.2f}", "≥ 20,000/s")


def large(options):
    """What depends on a ledger's size."""
    with Home("large") as home:
        small = home.load("appends", "--in-flight", 64, "--seconds", options.seconds / 2, "--kind", "event")
        small_post = home.load("post", "--seconds", options.seconds / 2)
        home.fill(options.entries)
        entries = home.entries()
        large = home.load("appends", "--in-flight", 64, "--seconds", options.seconds / 2, "--kind", "event")
        large_post = home.load("post", "--seconds", options.seconds / 2)
        row(f"append rate at {entries:,} entries", f"{large['perSecond']:,.0f}/s", f"at the start {small['perSecond']:,.0f}/s",
            f"{large['perSecond'] / small['perSecond']:.2f}", "≥ 0.85 (at 10 M)")
        row(f"POST rate at {entries:,} entries", f"{large_post['perSecond']:,.0f}/s", f"at the start {small_post['perSecond']:,.0f}/s",
            f"{large_post['perSecond'] / small_post['perSecond']:.2f}", "≥ 0.85 (at 10 M)")
        memory, peak = home.memory(), home.memory("VmHWM")
        row("memory of all daemons under load", f"{sum(memory.values()):.0f} MiB now, peaks {sum(peak.values()):.0f} MiB",
            ", ".join(f"{name[9:]} {size:.0f}" for name, size in peak.items()), "", "≤ 300 MB")
        entries = home.entries()

        # All of it still stands in the active segment.
        os.kill(home.pid("chancery-ledger"), signal.SIGKILL)
        time.sleep(0.2)
        begin = time.monotonic()
        home.chancery("up")
        killed = time.monotonic() - begin
        home.chancery("down")
        begin = time.monotonic()
        home.chancery("up")
        clean = time.monotonic() - begin
        row(f"start, {entries:,} entries, sealed at the stop", f"all processes {clean:.1f} s", "", "", "≤ 2 s")
        row(f"start of the ledger after kill -9, {entries:,} entries in the active segment", f"{killed:.1f} s", "", "", "≤ 2 s")

        base, peak, output = measured([VERIFY, home.home, "--trust", home.home / "trust.json", "--json"])
        row(f"verify everything, {entries:,} entries", f"{entries / base:,.0f} entries/s, {peak:.0f} MiB", "", "", "≥ 500,000/s, ≤ 100 MB")

        home.chancery("down")
        seconds, _, _ = measured([CLI, "rebuild"], home.environment)
        row(f"rebuild of projections, {entries:,} entries", f"{entries / seconds:,.0f} entries/s", "", "", "≥ 50,000/s")
        home.chancery("up")


def seal(options):
    with Home("seal") as home:
        home.fill(options.entries)
        quiet = home.load("appends", "--in-flight", 64, "--seconds", options.seconds, "--kind", "event")
        sealing = subprocess.Popen([CLI, "seal"], env=home.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        busy = home.load("appends", "--in-flight", 64, "--seconds", options.seconds, "--kind", "event")
        sealing.wait()
        row(f"append p99 while {options.entries:,} entries are sealed", f"{busy['p99'] / 1000:.1f} ms",
            f"without {quiet['p99'] / 1000:.1f} ms", f"{busy['p99'] / quiet['p99']:.1f} ×", "≤ 3 ×")


def erase(options):
    """What an erasure costs among many subjects, and what the keeper needs for them."""
    with Home("erase") as home:
        say(f"  filling with {options.subjects:,} subjects takes some minutes")
        home.load("bulk", "--count", options.subjects, "--streams", 2)
        erasing(home, options)


def erasing(home, options):
    among = f"of {options.subjects:,} contacts"
    line = home.erase(home.create(30), 1)
    row(f"erasing one {among}, DELETE over TLS to `ERASED`, software TPM",
        f"p50 {line['p50'] / 1000:.0f} ms, worst of 30: {line['max'] / 1000:.0f} ms", "", "", "≤ 250 ms")
    line = home.erase(home.create(options.erasures), options.erasures)
    row(f"erasing {options.erasures:,} {among}, all requests at once",
        f"{line['seconds']:.1f} s in {line['steps']} steps of the epoch", "", "", "≤ 2 s for 1,000")
    memory, peak = home.memory()["chancery-keeper"], home.memory("VmHWM")["chancery-keeper"]
    os.kill(home.pid("chancery-keeper"), signal.SIGKILL)
    time.sleep(0.2)
    begin = time.monotonic()
    home.chancery("up")
    start, fresh = time.monotonic() - begin, home.memory()["chancery-keeper"]
    row(f"start of the keeper after kill -9, {options.subjects:,} subjects, until `chancery up` is done", f"{start:.1f} s", "", "", "≤ 1 s")
    row(f"memory of the keeper, {options.subjects:,} subjects", f"{fresh:.0f} MiB at first, {memory:.0f} MiB after these erasures, peak {peak:.0f} MiB",
        "", "", "≤ 64 MB")


def fields(options):
    """Fields across the keeper's socket."""
    with Home("fields") as home:
        crossing(home, options)


def crossing(home, options):
    for direction in ("encrypt", "decrypt"):
        line = home.load("fields", "--direction", direction, "--seconds", options.seconds)
        row(f"fields {direction}ed by the keeper, 64 a call, 8 calls in flight", f"{line['perSecond']:,.0f}/s, p50 {line['p50'] / 1000:.1f} ms",
            "", "", "≥ 100,000/s")


def ones(options):
    """Groups of one: every entry has a signature of its own."""
    with Home("ones") as home:
        home.load("appends", "--in-flight", 1, "--seconds", 600, "--count", options.ones, "--kind", "event")
        time.sleep(1.2)
        entries = home.entries()
        seconds, peak, _ = measured([VERIFY, home.home, "--trust", home.home / "trust.json", "--json"])
        row(f"verify {entries:,} entries in groups of two (one mutation and its audit entry)",
            f"{entries / seconds:,.0f} entries/s, {peak:.0f} MiB", "", "", "≥ 40,000/s, ≤ 100 MB")


def postgres(options):
    """What a user would pick instead: PostgreSQL with a hash-chain trigger."""
    binaries = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries or not shutil.which("setpriv"):
        say("skipped: PostgreSQL is not installed (apt-get install postgresql)")
        return
    binary = binaries[-1]
    directory = pathlib.Path(tempfile.mkdtemp(prefix="bench-postgres-", dir=ROOT / "Benchmarks"))
    os.chmod(directory, 0o755)
    as_postgres = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"] if os.getuid() == 0 else []
    try:
        for parent in [directory, *directory.parents]:
            if not os.stat(parent).st_mode & 0o001:
                say(f"skipped: {parent} is closed to the user postgres")
                return
            if parent == ROOT:
                break
        data = directory / "data"
        data.mkdir()
        shutil.chown(data, "postgres", "postgres") if as_postgres else None
        run = lambda *command, **more: subprocess.run([*as_postgres, *map(str, command)], check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
        run(binary / "initdb", "-D", data, "-A", "trust")
        run(binary / "pg_ctl", "-D", data, "-o", f"-p 28445 -k {data} -c listen_addresses=''", "-l", data / "log", "-w", "start")
        try:
            sql = ROOT / "Benchmarks/postgres-hash-chain.sql"
            subprocess.run([binary / "psql", "-q", "-h", data, "-p", "28445", "-U", "postgres", "-f", sql], check=True, stdout=subprocess.DEVNULL)
            output = subprocess.run(
                [binary / "pgbench", "-n", "-h", data, "-p", "28445", "-U", "postgres", "-c", "64", "-j", "2", "-T", str(int(options.seconds)),
                 "-f", ROOT / "Benchmarks/postgres-append.sql", "postgres"], check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
            rate = next(float(line.split()[2]) for line in output.splitlines() if line.startswith("tps"))
        finally:
            run(binary / "pg_ctl", "-D", data, "-m", "fast", "stop")
        row("PostgreSQL, hash-chain trigger, 64 clients, 600 B", f"{rate:,.0f} rows/s", "", "", "what a user would pick instead")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    suites = {"appends": appends, "post": post, "read": read, "directory": directory, "crowd": crowd, "bulk": bulk, "large": large, "seal": seal, "ones": ones,
              "erase": erase, "fields": fields, "postgres": postgres}
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes; figures are rough")
    parser.add_argument("--entries", type=int, default=1_000_000, help="size of the large ledger")
    parser.add_argument("--only", default=",".join(suites), help="comma-separated: " + ", ".join(suites))
    options = parser.parse_args()
    options.seconds = 3.0 if options.quick else 10.0
    options.bulk = 20_000 if options.quick else 200_000
    options.subjects = 20_000 if options.quick else 1_000_000
    options.erasures = 100 if options.quick else 1_000
    options.ones = 5_000 if options.quick else 50_000
    if options.quick:
        options.entries = min(options.entries, 50_000)
    for needed in (LOAD, CLI, VERIFY):
        if not needed.exists():
            raise SystemExit(f"{needed.relative_to(ROOT)} is missing: make benchmark builds it")
    for name in options.only.split(","):
        if name not in suites:
            raise SystemExit(f"unknown: {name}")
        say(f"== {name}")
        suites[name](options)
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    print(f"{datetime.date.today()}, {cpu}, {os.cpu_count()} cores\n")
    print("| what | figure | baseline of the same run | ratio | to reach |\n|---|---|---|---|---|")
    for line in TABLE:
        print("| " + " | ".join(line) + " |")


if __name__ == "__main__":
    main()
