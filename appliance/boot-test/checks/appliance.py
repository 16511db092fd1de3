"""The appliance under test: its machine, its console, and what the operator and clients hold outside of it."""

import io
import subprocess
import tarfile
import time
from pathlib import Path

from guest.console import Console, ConsoleError
from guest.gateway import Gateway
from guest.machine import Machine, MachineError
from guest.report import Report

PASSWORD = "chancery-test"
CLIENTS = {"platform-1": "enrichment-platform", "operator-7": "operator", "auditor-1": "verifier"}
REGISTERS = "0,2,4,7,11,12"


class Appliance:
    """`work` is ours: keys, tokens and evidence land there. `programs` has chancery and chancery-verify, as the operator has them elsewhere."""

    def __init__(self, machine: Machine, work: Path, programs: Path, report: Report) -> None:
        self.machine = machine
        self.work = work
        self.programs = programs
        self.report = report
        self.console: Console | None = None
        self.clients: dict[str, Gateway] = {}

    def boot(self, seconds: float = 300) -> float:
        """On, and logged in at the console. Returns how long the login took to appear."""
        begin = time.monotonic()
        self.machine.on()
        self.console = Console(self.machine.console, self.machine.files)
        self.console.log_in("root", PASSWORD, seconds)
        return time.monotonic() - begin

    def off(self) -> None:
        self.console.type("systemctl poweroff\n")
        self.machine.wait_off(240)
        self.console.close()

    def cut_power(self) -> None:
        self.machine.cut_power()
        if self.console:
            self.console.close()

    def keep_journal(self) -> None:
        """For whoever looks into a failure; where the console answers no more, there is its log."""
        if self.console and self.machine.runs:
            try:
                said = self.console.run("journalctl --no-pager -o short-precise -b | tail -n 3000", 120)
                (self.work / "journal.txt").write_text(said.text)
            except (ConsoleError, OSError):
                pass

    def here(self, program: str, *arguments: str, expect: tuple[int, ...] = (0,)) -> str:
        """One of our programs on this machine."""
        done = subprocess.run([str(self.programs / program), *arguments], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=self.work)
        if done.returncode not in expect:
            raise MachineError(f"{program} {' '.join(arguments)} ended with {done.returncode}: {done.stdout[-800:]}")
        return done.stdout

    def fetch(self, name: str, path: str) -> Path:
        """A file off the appliance's console."""
        target = self.work / name
        target.write_bytes(self.console.get(path))
        return target

    def fetch_directory(self, path: str) -> None:
        """The files in `path`, into our directory of its last name."""
        parent, name = path.rsplit("/", 1)
        self.console.must(f"tar -C {parent} -cf /var/tmp/fetched {name}")
        content = self.console.get("/var/tmp/fetched", 600)
        self.console.must("rm /var/tmp/fetched")
        target = self.work / name
        target.mkdir(exist_ok=True)
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                if member.isfile():
                    (target / Path(member.name).name).write_bytes(archive.extractfile(member).read())

    def client(self, subject: str) -> Gateway:
        """Another connection of a subject whose certificate and token were fetched."""
        token = (self.work / f"{subject}.token").read_text().strip()
        return Gateway(self.machine.port, self.work / "ca.pem", self.work / f"{subject}.pem", token)

    def wait_ready(self, seconds: float) -> float:
        """Until the gateway says, outside, that it takes writes."""
        begin, client = time.monotonic(), self.client("platform-1")
        while not client.ready():
            if time.monotonic() - begin > seconds:
                raise MachineError(f"/readyz does not answer 200 within {seconds:.0f} s")
            time.sleep(1)
        return time.monotonic() - begin
