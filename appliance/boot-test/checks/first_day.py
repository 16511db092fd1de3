"""From the first boot to evidence that verifies elsewhere."""

import json

from .appliance import CLIENTS, REGISTERS, Appliance


def provision(appliance: Appliance) -> None:
    with appliance.report.check("provisioned at the first boot: certificates, issuer, TPM, keys under a policy signed elsewhere", vital=True) as check:
        console = appliance.console
        first = console.run("chancery provision --hostname localhost --log-name boot-test.example", 300)
        check.expect(first.status == 2, f"without a policy it ended with {first.status}: {first.text[-800:]}")
        registers = appliance.work / "registers"
        registers.write_text(console.must(f"chancery tpm policy show --pcrs {REGISTERS} 2> /dev/null") + "\n")
        appliance.here("chancery", "tpm", "policy", "key", "--out", "policy.key")
        appliance.here("chancery", "tpm", "policy", "sign", "--key", "policy.key", "--values", "registers", "--out", "signed")
        console.must("mkdir -p /run/boot-test")
        for name in ("policy.key.pub", "signed"):
            console.put(f"/run/boot-test/{name}", (appliance.work / name).read_bytes())
        console.must("cd /run/boot-test && chancery provision --policy-key policy.key.pub --policy signed", 300)


def open_firewall(appliance: Appliance) -> None:
    with appliance.report.check("nobody gets in until the operator lets them", vital=True) as check:
        console = appliance.console
        # QEMU's own address, from which all calls from outside come.
        console.must("echo 'add element inet chancery clients4 { 10.0.2.2 }' > /etc/chancery/nftables.d/boot-test.nft")
        check.expect("policy drop" in console.must("nft list chain inet chancery input"), "input is not dropped by default")
        check.expect("10.0.2.2" not in console.must("nft list set inet chancery clients4"), "it is open before it was told")
        console.must("systemctl reload nftables && nft list set inet chancery clients4 | grep 10.0.2.2")


def start(appliance: Appliance) -> None:
    with appliance.report.check("chancery up; ready, seen from outside", vital=True):
        console = appliance.console
        console.must("chancery up", 400)
        appliance.fetch("ca.pem", "/var/lib/chancery/pki/ca.pem")
        for subject, role in CLIENTS.items():
            place = f"/run/boot-test/{subject}"
            console.must(f"chancery client-cert issue --subject {subject} --out {place}")
            # chancery-verify shows no certificate.
            bound = "" if role == "verifier" else f"--client-cert {place}.pem"
            (appliance.work / f"{subject}.token").write_text(console.must(
                f"chancery token --subject {subject} --role {role} --ttl 12h {bound} 2> /dev/null").strip())
            for kind in ("pem", "key"):
                appliance.fetch(f"{subject}.{kind}", f"{place}.{kind}")
        appliance.wait_ready(180)


def post(appliance: Appliance, count: int, known: dict[str, dict]) -> None:
    with appliance.report.check(f"{count} contacts posted over the port", vital=True) as check:
        client = appliance.client("platform-1")
        for number in range(count):
            key = f"day-{len(known)}"
            known[key] = client.create(key)
        check.note = f"{len(known)} in all"


def seal(appliance: Appliance) -> None:
    with appliance.report.check("sealed by a signed-in operator; the segment gets its type and the immutable attribute", vital=True) as check:
        answer = appliance.client("operator-7").ask("POST", "/api/v1/ledger/seal", seconds=300)
        check.expect(answer.status == 200, f"{answer.status} {answer.body[:400]!r}")
        segment = answer.json()["segment"] if answer.status == 200 else 1
        check.note = f"segment {segment}"
        path = f"/var/lib/chancery/ledger/segment-{segment:08d}.sqlite"
        appliance.console.must(f"for i in $(seq 60); do ls -Z {path} | grep -q contact_enrichment_sealed_t && break; sleep 1; done; ls -Z {path} | grep contact_enrichment_sealed_t")
        appliance.console.must(f"lsattr {path} | cut -c5 | grep i")


def evidence(appliance: Appliance) -> None:
    with appliance.report.check("evidence fetched, verified here with the enrolled trust file and the TPM's quote") as check:
        console = appliance.console
        console.must("chancery down", 600)
        console.must("cd /run/boot-test && chancery tpm enroll --out trust.json --ca-bundle /run/boot-test/tpm-ca.pem", 300) \
            if _put_makers(appliance) else console.must("cd /run/boot-test && chancery tpm enroll --out trust.json", 300)
        for name in ("trust.json", "trust.json.enrollment"):
            appliance.fetch(name, f"/run/boot-test/{name}")
        appliance.fetch_directory("/var/lib/chancery/ledger")
        console.must("chancery up", 400)
        appliance.wait_ready(180)
        verify(appliance, check, least_sealed=1)
        appliance.here("chancery", "tpm", "check", "--trust", "trust.json", "--ca-bundle", "tpm-ca.pem")


def published(appliance: Appliance) -> None:
    with appliance.report.check("the published tree verifies here, over the port alone") as check:
        token = appliance.work / "auditor-1.token"
        said = appliance.here("chancery-verify", f"https://localhost:{appliance.machine.port}/ledger/", "--trust", "trust.json",
                              "--ca", "ca.pem", "--token-file", str(token), expect=(0, 1, 2, 3))
        check.expect("holds" in said.lower(), said[-600:])


def verify(appliance: Appliance, check, least_sealed: int) -> None:
    """The fetched copy, against the trust file that was enrolled on the first day."""
    said = json.loads(appliance.here("chancery-verify", "ledger", "--trust", "trust.json", "--json", expect=(0, 1, 2, 3)))
    ledger = said["ledgers"][0]["report"]
    check.expect(said["outcome"] == "verified", f"{said['outcome']}: {said.get('failure') or ledger.get('notChecked')}")
    check.expect(ledger["attestedSegments"] >= least_sealed, f"{ledger['attestedSegments']} segments attested by the TPM")
    check.note = f"{ledger['entries']} entries, {ledger['attestedSegments']} segments attested"


def _put_makers(appliance: Appliance) -> bool:
    """The certificates of the TPM's maker: here, of swtpm's local CA."""
    from pathlib import Path
    place = Path("/var/lib/swtpm-localca")
    parts = [place / name for name in ("swtpm-localca-rootca-cert.pem", "issuercert.pem")]
    if not all(part.exists() for part in parts):
        return False
    text = b"".join(part.read_bytes() for part in parts)
    (appliance.work / "tpm-ca.pem").write_bytes(text)
    appliance.console.put("/run/boot-test/tpm-ca.pem", text)
    return True
