#!/usr/bin/env python3
"""Writes tpm_sample.json: three attestations (FORMAT.md 5.4) as a real TPM 2.0 implementation makes them, with the
public key and the seal counter's Name. LedgerFormatTests holds the parser to them, and this script verify_ledger.py.

    apt install swtpm tpm2-tools; make_tpm_sample.py > tpm_sample.json

Between the second and the third seal the TPM is reset and PCR 7 extended. Keys and signatures are made anew each time;
those of tpm_sample.json are by swtpm 0.7.1 (libtpms) and tpm2-tools 5.4.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time

from cryptography.hazmat.primitives import serialization

import make_vectors
import verify_ledger as format

INDEX = "0x01c00100"
PCRS = [0, 7, 14, 23]


def run(directory, *command):
    environment = {**os.environ, "TPM2TOOLS_TCTI": f"swtpm:path={directory}/tpm"}
    subprocess.run(command, cwd=directory, env=environment, check=True, stdout=subprocess.DEVNULL)


def read(directory, name):
    with open(os.path.join(directory, name), "rb") as file:
        return file.read()


def start(directory):
    process = subprocess.Popen([
        "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={directory}",
        "--server", f"type=unixio,path={directory}/tpm", "--ctrl", f"type=unixio,path={directory}/tpm.ctrl",
        "--flags", "not-need-init,startup-clear"])
    while not os.path.exists(f"{directory}/tpm.ctrl"):
        time.sleep(0.05)
    return process


def prepare(directory):
    run(directory, "tpm2_createek", "-c", "ek.ctx", "-G", "ecc", "-u", "ek.pub")
    run(directory, "tpm2_createak", "-C", "ek.ctx", "-c", "ak.ctx", "-G", "ecc", "-g", "sha256", "-s", "ecdsa",
        "-u", "ak.pub", "-r", "ak.priv")
    run(directory, "tpm2_flushcontext", "-t")
    # Persistent, so that it outlives a restart.
    run(directory, "tpm2_evictcontrol", "-C", "o", "-c", "ak.ctx", "0x81010100")
    run(directory, "tpm2_readpublic", "-c", "0x81010100", "-f", "der", "-o", "ak.der")
    run(directory, "tpm2_nvdefine", INDEX, "-C", "o", "-s", "8", "-a", "ownerread|ownerwrite|nt=counter")


def seal(directory, body):
    qualification = format.sha256(format.signing_input(body)).hex()
    selection = "sha256:" + ",".join(str(number) for number in PCRS)
    run(directory, "tpm2_nvincrement", INDEX, "-C", "o")
    run(directory, "tpm2_nvcertify", "-C", "0x81010100", "-c", "o", "-g", "sha256", "-s", "ecdsa", "-q", qualification,
        "--size", "8", "--attestation", "certify.attest", "--signature", "certify.signature", INDEX)
    run(directory, "tpm2_quote", "-c", "0x81010100", "-l", selection, "-q", qualification, "-g", "sha256",
        "-m", "quote.attest", "-s", "quote.signature")
    run(directory, "tpm2_pcrread", selection, "-o", "pcrs")
    values = read(directory, "pcrs")

    def statement(kind):
        return {part: base64.b64encode(read(directory, f"{kind}.{part}")).decode() for part in ("attest", "signature")}
    return {
        "certify": statement("certify"), "keyId": format.sha256(spki(directory))[:8].hex(),
        "pcrs": [{"index": number, "value": values[32 * position:32 * position + 32].hex()}
                 for position, number in enumerate(PCRS)],
        "quote": statement("quote")}


def spki(directory):
    key = serialization.load_der_public_key(read(directory, "ak.der"))
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def main():
    seals, before = [], None
    with tempfile.TemporaryDirectory() as directory:
        process = start(directory)
        try:
            prepare(directory)
            for number in range(3):
                if number == 2:
                    run(directory, "tpm2_shutdown", "-c")
                    process.terminate()
                    process.wait()
                    process = start(directory)
                    run(directory, "tpm2_pcrextend", "7:sha256=" + "ab" * 32)
                value = make_vectors.body(segment=number + 2)
                attestation = seal(directory, value)
                parsed = format.read_attestation(attestation)
                format.check_statements(parsed, value)
                if before:
                    format.check_succession(before, parsed)
                before = parsed
                seals.append({"body": format.canonical_write(value).decode(),
                              "attestation": format.canonical_write(attestation).decode()})
            key = spki(directory)
        finally:
            process.terminate()
            process.wait()
    trusted = format.Key({
        "use": "attestation", "algorithm": "ECDSA-P256-SHA256", "name": "AK", "keyId": format.sha256(key)[:8].hex(),
        "publicKey": base64.b64encode(key).decode(), "fromSize": 0, "sealCounter": before.certify.attest.content[0].hex()})
    for part in (before.certify, before.quote):
        assert trusted.verify(format.utils.encode_dss_signature(part.r, part.s), part.attest.bytes)
    json.dump({"spki": trusted.public, "sealCounter": trusted.seal_counter, "seals": seals}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
