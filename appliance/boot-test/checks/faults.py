"""What must not hurt: power cut under load. What must not pass: another root, a /var of another day."""

import http.client
import re
import threading
import time

from guest.console import Console, ConsoleError
from guest.machine import copy_disk, flip

from .appliance import Appliance
from .first_day import verify

WRITERS = 4


def cut_under_load(appliance: Appliance, known: dict[str, dict], seconds: float) -> None:
    """Some clients write without pause; the machine loses its power between two of their acknowledgements."""
    with appliance.report.check("power cut while clients write", vital=True) as check:
        stop = threading.Event()
        lock = threading.Lock()
        before = len(known)

        def write(number: int) -> None:
            client, count = appliance.client("platform-1"), 0
            while not stop.is_set():
                key = f"load-{number}-{count}"
                try:
                    answer = client.create(key)
                except (OSError, http.client.HTTPException):
                    return
                with lock:
                    known[key] = answer
                count += 1

        writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(seconds)
        appliance.cut_power()
        stop.set()
        for writer in writers:
            writer.join()
        taken = len(known) - before
        check.expect(taken > WRITERS, f"only {taken} contacts were acknowledged before the cut")
        check.note = f"{taken} acknowledged by then"


def all_there(appliance: Appliance, known: dict[str, dict], what: str) -> None:
    with appliance.report.check(f"{what}: every acknowledged contact is there") as check:
        client, lost = appliance.client("platform-1"), []
        for key, created in known.items():
            answer = client.ask("GET", f"/api/v1/contacts/{created['id']}", X_Purpose="sales")
            if answer.status != 200 or answer.json().get("email") != f"{key}@example.org":
                lost.append(f"{key}: {answer.status} {answer.body[:120]!r}")
        check.wrong += lost
        check.note = f"{len(known)} read"


def recovered_evidence(appliance: Appliance, least_sealed: int) -> None:
    with appliance.report.check("after the cut: the whole ledger verifies here, with the trust file of the first day") as check:
        time.sleep(3)
        appliance.fetch_directory("/var/lib/chancery/ledger")
        verify(appliance, check, least_sealed)


def tampered_root(appliance: Appliance, offset: int) -> None:
    """One bit of a block that every start reads."""
    with appliance.report.check("a changed bit of the root: the machine does not start") as check:
        machine, whole = appliance.machine, appliance.machine.system
        machine.system = appliance.work / "tampered.img"
        copy_disk(whole, machine.system)
        flip(machine.system, offset)
        try:
            machine.on()
            console = Console(machine.console, machine.files)
            try:
                found = console.wait(r"(?P<end>Kernel panic[^\n]*\n|the root is not what[^\n]*\n|login: )", 240)["end"].decode()
            except ConsoleError as error:
                found = str(error)
            finally:
                console.close()
            check.expect("dm-verity device corrupted" in found or "the root is not what" in found, f"it says: {found[-300:]}")
            check.note = found.strip()[:100]
        finally:
            appliance.cut_power()
            machine.system.unlink()
            machine.system = whole


def yesterdays_disk(appliance: Appliance) -> None:
    """The TPM has gone on; the disk is as it was copied."""
    with appliance.report.check("yesterday's disk with today's TPM: refused, both counters named") as check:
        place = appliance.machine.place
        (place / "var.img").rename(place / "today.img")
        copy_disk(place / "yesterday.img", place / "var.img")
        try:
            appliance.boot()
            said = ""
            for _ in range(60):
                said = appliance.console.must(
                    "systemctl show -p StatusText --value chancery-keeper; chancery status 2>&1 || true", 60)
                if re.search(r"counter", said):
                    break
                time.sleep(3)
            line = next((line for line in said.splitlines() if "counter" in line), said[-400:])
            check.expect(len(re.findall(r"\d+", line)) >= 2 and "counter" in line, f"it says: {said[-600:]}")
            check.expect(not appliance.client("platform-1").ready(), "it takes writes")
            check.note = line.strip()[:180]
            appliance.off()
        finally:
            appliance.cut_power()
            (place / "today.img").rename(place / "var.img")


def today_again(appliance: Appliance, known: dict[str, dict]) -> None:
    with appliance.report.check("today's disk again: ready") as check:
        check.note = f"login after {appliance.boot():.0f} s"
        appliance.wait_ready(240)
    all_there(appliance, known, "today's disk again")
