"""On the console: each daemon in its domain, forbidden acts refused with a record, enforcing cannot be left."""

import re
import time
from dataclasses import dataclass

from guest.console import Console
from guest.report import Report

CONTEXTS = {
    "gateway": "system_u:system_r:contact_enrichment_t:s0",
    "ledger": "system_u:system_r:contact_enrichment_db_t:s0-s0:c1001",
    "keeper": "system_u:system_r:contact_enrichment_crypto_t:s0-s0:c1002",
}
EACCES = 13
LEDGER = "/var/lib/chancery/ledger/segment-00000001.sqlite"
KEYSTORE = "/var/lib/chancery/keys/root.sealed"


@dataclass
class Act:
    """What the probe tries in a daemon's domain, as whom the file belongs to, so that nothing but SELinux says no."""

    name: str
    domain: str
    words: str
    user: str
    refused: bool = True
    # Of the record: its object's type and class.
    record: str = ""


ACTS = [
    Act("gateway opens a segment of the ledger", "gateway", f"read {LEDGER}", "chancery-ledger",
        record=r"contact_enrichment_(ledger|sealed)_t"),
    Act("gateway opens the TPM", "gateway", "read /dev/tpmrm0", "tss", record=r"tpm_device_t"),
    Act("gateway opens the keystore", "gateway", f"read {KEYSTORE}", "chancery-keeper", record=r"contact_enrichment_keys_t"),
    Act("gateway dials out", "gateway", "connect 22", "chancery-gateway", record=r"_port_t"),
    Act("ledger makes a network socket", "ledger", "socket", "chancery-ledger", record=r"tclass=tcp_socket"),
    Act("ledger opens the keystore", "ledger", f"read {KEYSTORE}", "chancery-keeper", record=r"contact_enrichment_keys_t"),
    Act("ledger writes to a sealed segment", "ledger", f"write {LEDGER}", "chancery-ledger", record=r"contact_enrichment_sealed_t"),
    Act("ledger removes a sealed segment", "ledger", f"unlink {LEDGER}", "chancery-ledger", record=r"contact_enrichment_sealed_t"),
    Act("keeper writes to a log", "keeper", "write /var/lib/chancery/log/versions", "root", record=r"contact_enrichment_log_t"),
    Act("keeper writes to a log of the system's", "keeper", "write /var/log/wtmp", "root", record=r"(var_log_t|wtmp_t)"),
    Act("keeper makes a network socket", "keeper", "socket", "chancery-keeper", record=r"tclass=tcp_socket"),
    # What is theirs they reach: the probe itself works.
    Act("gateway may make a network socket", "gateway", "socket", "chancery-gateway", refused=False),
    Act("ledger may read its segments", "ledger", f"read {LEDGER}", "chancery-ledger", refused=False),
    Act("keeper may read its keystore", "keeper", f"read {KEYSTORE}", "chancery-keeper", refused=False),
]


def enforcing(console: Console, report: Report) -> None:
    with report.check("SELinux is enforcing, and stays so: setenforce, another boolean, another policy are refused") as check:
        check.expect(console.must("getenforce").strip() == "Enforcing", "not enforcing")
        for command in ("setenforce 0", "setsebool secure_mode_policyload 0", "load_policy"):
            check.expect(console.run(command).status != 0, f"`{command}` was not refused")
        check.expect(console.must("getenforce").strip() == "Enforcing", "not enforcing any more")


def verified_root(console: Console, report: Report, expected: dict) -> None:
    with report.check("the root is the image's, verified and read-only; register 11 holds what the build foretold") as check:
        check.expect(expected["rootHash"] in console.must("cat /proc/cmdline"), "another root hash on the command line")
        check.expect("verity" in console.must("dmsetup table root"), "no dm-verity below the root")
        check.expect(console.run("touch /usr/x").status != 0, "/usr can be written to")
        found = "".join(console.must("cat /sys/class/tpm/tpm0/pcr-sha256/11").split()).lower()
        check.expect(found == expected["pcr11"], f"register 11 holds {found}, not {expected['pcr11']}")
        four = "".join(console.must("cat /sys/class/tpm/tpm0/pcr-sha256/4").split()).lower()
        check.expect(set(four) != {"0"}, "nothing was measured into register 4")


def domains(console: Console, report: Report) -> None:
    with report.check("each daemon in its domain, as its user") as check:
        running = [line.split(None, 2) for line in console.must("ps -ww -eo label,user:20,args --no-headers").splitlines()]
        for name, context in CONTEXTS.items():
            found = [line for line in running if line[2].startswith(f"/usr/lib/chancery/chancery-{name} ")]
            check.expect([line[:2] for line in found] == [[context, f"chancery-{name}"]],
                         f"chancery-{name}: {[line[:2] for line in found]}")


def forbidden(console: Console, report: Report) -> None:
    # The immutable attribute and the file's mode would refuse before SELinux is asked.
    console.must(f"chattr -i {LEDGER} && chmod u+w {LEDGER}")
    for act in ACTS:
        with report.check(("denied, with a record: " if act.refused else "allowed: ") + act.name) as check:
            since = console.must("date +%s.%N").strip()
            said = console.run(
                f"systemd-run --quiet --wait --collect -p SELinuxContext={CONTEXTS[act.domain]} -p User={act.user} "
                f"-p StandardOutput=null -p StandardError=null /usr/lib/chancery-test/{act.domain} {act.words}")
            if not act.refused:
                check.expect(said.status == 0, f"the probe ended with {said.status}: {said.text}")
                continue
            check.expect(said.status == EACCES, f"the probe ended with {said.status}, not EACCES: {said.text}")
            records = _records(console, since, f'comm="{act.domain}"')
            found = [line for line in records if _matches(act, line)]
            check.expect(bool(found), f"no record of it; there is: {records}")
            check.note = _short(found[0]) if found else ""
    console.must(f"chmod u-w {LEDGER} && chattr +i {LEDGER}")


def crashes(console: Console, report: Report) -> None:
    with report.check("no daemon crashed") as check:
        text = console.must("journalctl --no-pager -o short-iso -b | grep -E 'code=(dumped|killed)|segfault|traps: ' || true")
        check.wrong += text.splitlines()


def denials(console: Console, report: Report) -> None:
    """What the probe did not ask for."""
    with report.check("no denial for a daemon of ours in its ordinary work") as check:
        text = console.must(
            "journalctl --no-pager -o cat -b _TRANSPORT=audit | grep 'avc:  *denied' | grep 'scontext=[^ ]*:contact_enrichment_' | "
            "grep -vE 'comm=\"(gateway|ledger|keeper)\"' | sed -E 's/.*(avc: )/\\1/; s/(pid|ino)=[0-9]+ //g' | sort | uniq -c || true")
        check.wrong += text.splitlines()


def _records(console: Console, since: str, what: str) -> list[str]:
    """Records reach the journal a moment after the act."""
    for _ in range(10):
        text = console.must(f"journalctl --no-pager -o cat --since=@{since} _TRANSPORT=audit | grep 'avc:  *denied' | grep -F '{what}' || true")
        if text.strip():
            return text.splitlines()
        time.sleep(1)
    return []


def _matches(act: Act, line: str) -> bool:
    kind = CONTEXTS[act.domain].split(":")[2]
    return f":{kind}:" in line and re.search(act.record, line) is not None


def _short(line: str) -> str:
    fields = dict(re.findall(r"(\w+)=(\S+)", line))
    perms = re.search(r"denied  *\{ ([^}]*) \}", line)
    return f"{{ {perms[1] if perms else '?'} }} {fields.get('tcontext', '').split(':')[2]}:{fields.get('tclass', '')}"
