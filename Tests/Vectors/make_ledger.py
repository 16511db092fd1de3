#!/usr/bin/env python3
"""Writes a ledger from Sources/LedgerFormat/FORMAT.md alone: what another implementation would hand to an auditor.

    make_ledger.py DIRECTORY [--entries N] [--group N] [--segments N] [--payload BYTES] [--seed N] [--attest]

DIRECTORY gets `ledger/` and `trust.json`, as a data directory has them. All segments but the last are sealed.
A million entries take about a minute; the verifier's speed is measured on them (Benchmarks/README.md).
The same arguments give the same entries; keys come from the seed too, except the RSA key, which is made anew
unless --manifest-key names a PEM file. --attest writes seals as a TPM would attest them.
"""

import argparse
import base64
import json
import os
import random
import sqlite3

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

import verify_ledger as format

ORIGIN = "vectors.localhost/g1"
START = 1_790_000_000_000_000  # microseconds since 1970


def time_text(microseconds):
    seconds, rest = divmod(microseconds, 1_000_000)
    day = format.datetime.datetime(1970, 1, 1) + format.datetime.timedelta(seconds=seconds)
    return day.strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:06d}Z"


class TPM:
    """One attestation key, one seal counter, registers that stay the same (5.4)."""

    def __init__(self, seed):
        number = int.from_bytes(format.sha256(b"attestation key", str(seed).encode()), "big")
        self.key = ec.derive_private_key(number >> 1, ec.SECP256R1())
        spki = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.key_id = format.sha256(spki)[:8].hex()
        self.index_name = b"\x00\x0b" + format.sha256(b"seal counter", str(seed).encode())
        self.counter, self.clock, self.resets, self.restarts = 0, 1_000, 1, 0
        self.pcrs = {number: format.sha256(b"PCR", bytes([number])) for number in (0, 2, 4, 7, 14)}
        self.trusted = {
            "use": "attestation", "algorithm": "ECDSA-P256-SHA256", "name": "AK", "keyId": self.key_id,
            "publicKey": base64.b64encode(spki).decode(), "fromSize": 0, "untilSize": None,
            "sealCounter": self.index_name.hex()}

    def statement(self, kind, extra_data, content):
        self.clock += 3
        attest = (
            b"\xff\x54\x43\x47" + kind.to_bytes(2, "big") + sized(b"\x00\x0b" + bytes(32)) + sized(extra_data)
            + self.clock.to_bytes(8, "big") + self.resets.to_bytes(4, "big") + self.restarts.to_bytes(4, "big")
            + b"\x01" + bytes(8) + content)
        r, s = utils.decode_dss_signature(self.key.sign(attest, ec.ECDSA(hashes.SHA256())))
        signature = b"\x00\x18\x00\x0b" + sized(r.to_bytes(32, "big")) + sized(s.to_bytes(32, "big"))
        return {"attest": base64.b64encode(attest).decode(), "signature": base64.b64encode(signature).decode()}

    def attest(self, body):
        self.counter += 1
        extra_data = format.sha256(format.signing_input(body))
        bitmap = sum(1 << number for number in self.pcrs).to_bytes(3, "little")
        return {
            "certify": self.statement(0x8014, extra_data, sized(self.index_name) + bytes(2)
                                      + sized(self.counter.to_bytes(8, "big"))),
            "keyId": self.key_id,
            "pcrs": [{"index": number, "value": value.hex()} for number, value in self.pcrs.items()],
            "quote": self.statement(0x8018, extra_data, b"\x00\x00\x00\x01\x00\x0b\x03" + bitmap
                                    + sized(format.sha256(*self.pcrs.values())))}


def sized(data):
    return len(data).to_bytes(2, "big") + data


class Keys:
    def __init__(self, seed, manifest_key=None, tpm=None):
        self.tpm = tpm
        self.log = ed25519.Ed25519PrivateKey.from_private_bytes(
            format.sha256(b"log key", str(seed).encode()))
        if manifest_key:
            with open(manifest_key, "rb") as file:
                self.audit = serialization.load_pem_private_key(file.read(), None)
        else:
            self.audit = rsa.generate_private_key(65537, 4096)
        raw = self.log.public_key().public_bytes_raw()
        self.log_id = format.sha256(ORIGIN.encode(), b"\n\x01", raw)[:4]
        spki = self.audit.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.audit_id = format.sha256(spki)[:8].hex()
        self.trusted = [
            {"use": "checkpoint", "algorithm": "Ed25519", "name": ORIGIN,
             "keyId": self.log_id.hex(), "publicKey": base64.b64encode(raw).decode(),
             "fromSize": 0, "untilSize": None},
            {"use": "segment-manifest", "algorithm": "RSASSA-PSS-4096-SHA256", "name": "KEK-AUDIT",
             "keyId": self.audit_id, "publicKey": base64.b64encode(spki).decode(),
             "fromSize": 0, "untilSize": None}] + ([tpm.trusted] if tpm else [])

    def checkpoint(self, size, root):
        text = f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\n"
        line = base64.b64encode(self.log_id + self.log.sign(text.encode())).decode()
        return f"{text}\n\u2014 {ORIGIN} {line}\n".encode()

    def manifest(self, body, attestation=None):
        """Attested as given; by default by the TPM, where there is one."""
        if attestation is None:
            attestation = self.tpm.attest(body) if self.tpm else "none"
        value = self.audit.sign(
            format.signing_input(body), padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        return format.canonical_write({
            "attestation": attestation, "manifest": body, "signature": {
                "algorithm": "RSASSA-PSS-4096-SHA256", "keyId": self.audit_id,
                "value": base64.b64encode(value).decode()}})


class Writer:
    def __init__(self, directory, keys, seed):
        self.directory = os.path.join(directory, "ledger")
        os.makedirs(self.directory, exist_ok=True)
        self.keys, self.random = keys, random.Random(seed)
        self.frontier, self.previous, self.time = format.Frontier(), None, START
        self.heads = {}
        self.number, self.previous_manifest = 0, None

    # one entry

    def entry(self, stream, kind, payload, subject=None):
        index = self.frontier.size
        self.time += 1000
        version = before = None
        if subject is not None:
            before, version = self.heads.get((subject, stream), (None, 0))
            version += 1
            self.heads[(subject, stream)] = (index, version)

        def optional(value):
            return "null" if value is None else f'"{value}"' if isinstance(value, str) else value
        milliseconds = f"{self.time // 1000:012x}"
        uuid = f"{milliseconds[:8]}-{milliseconds[8:]}"
        header = (
            f'{{"actor":"vectors","format":1,"generation":1,'
            f'"id":"{uuid}-7000-8000-{index:012x}","index":{index},"label":"s1/i1",'
            f'"payloadHash":"{format.payload_hash(payload).hex()}",'
            f'"previous":{optional(self.previous.hex() if self.previous else None)},'
            f'"stream":"{stream}","subject":{optional(subject.hex() if subject else None)},'
            f'"subjectPrevious":{optional(before)},"subjectVersion":{optional(version)},'
            f'"time":"{time_text(self.time)}","type":"{kind}"}}').encode()
        self.previous = format.leaf_hash(header)
        self.frontier.append(self.previous)
        self.rows.append((index, header, payload))

    def salt(self):
        return base64.b64encode(self.random.randbytes(16)).decode()

    def data(self, size):
        pad = self.random.randbytes(max(0, (size - 40) // 2)).hex()
        return f'{{"pad":"{pad}","salt":"{self.salt()}"}}'.encode()

    # one segment

    def begin(self):
        self.number += 1
        self.first, self.first_previous = self.frontier.size, self.previous
        self.rows, self.boundaries, self.notes = [], [], []
        self.path = os.path.join(self.directory, f"segment-{self.number:08d}.sqlite")
        for suffix in ("", "-wal", "-shm", "-journal"):
            if os.path.exists(self.path + suffix):
                os.remove(self.path + suffix)
        self.db = sqlite3.connect(self.path, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "application_id=0x43484E43",
                       "user_version=1"):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.execute("BEGIN")
        for kind, name, table, sql in sorted(format.expected_schema()):
            if kind == "table":
                self.db.execute(sql)
        self.db.execute("INSERT INTO segment VALUES (?, 1, 1, ?, ?, ?)",
                        (self.number, self.first, ORIGIN, self.first_previous))

    def boundary(self):
        size = self.frontier.size
        self.boundaries.append((size,))
        self.notes.append((size, self.keys.checkpoint(size, self.frontier.root())))
        if len(self.rows) > 20_000:
            self.flush()

    def flush(self):
        if self.rows and self.rows[0][0] == self.first:
            self.first_leaf = format.leaf_hash(self.rows[0][1])
        self.db.executemany("INSERT INTO entry VALUES (?, ?, ?)", self.rows)
        self.db.executemany("INSERT INTO boundary VALUES (?)", self.boundaries)
        self.db.executemany("INSERT INTO checkpoint VALUES (?, ?)", self.notes)
        self.rows, self.boundaries, self.notes = [], [], []

    def end(self, seal):
        size = self.frontier.size
        self.db.execute("INSERT INTO published VALUES (?, ?)",
                        (size, self.keys.checkpoint(size, self.frontier.root())))
        self.flush()
        for kind, name, table, sql in sorted(format.expected_schema()):
            if kind == "trigger":
                self.db.execute(sql)
        self.db.execute("COMMIT")
        self.db.execute(f"PRAGMA journal_mode={'DELETE' if seal else 'WAL'}")
        self.db.close()
        if not seal:
            return None
        digest, file_size = format.file_hash(self.path)
        heads = format.Frontier()
        for (tag, stream), (last, version) in sorted(
                self.heads.items(), key=lambda item: (item[0][0], item[0][1].encode())):
            heads.append(format.leaf_hash(format.canonical_write([tag.hex(), stream, last, version])))
        manifest = self.keys.manifest({
            "count": size - self.first, "fileHash": digest, "fileSize": file_size,
            "firstIndex": self.first, "firstLeafHash": self.first_leaf.hex(), "format": 1,
            "generation": 1, "lastLeafHash": self.previous.hex(), "origin": ORIGIN,
            "previousManifestHash": self.previous_manifest, "root": self.frontier.root().hex(),
            "sealedAt": time_text(self.time), "segment": self.number,
            "subjectHeadsRoot": heads.root().hex(), "treeSize": size})
        with open(self.path[:-len("sqlite")] + "manifest", "wb") as file:
            file.write(manifest)
        self.previous_manifest = format.sha256(manifest).hex()
        return self.previous_manifest


def write(directory, keys, entries, group, segments, payload, seed):
    writer = Writer(directory, keys, seed)
    share = max(1, entries // segments)
    for segment in range(1, segments + 1):
        writer.begin()
        if segment == 1:
            for key in keys.trusted:
                announced = {name: key[name] for name in key if name != "untilSize"}
                writer.entry("key", "KeyActivated", format.canonical_write(
                    {**announced, "attestation": "none", "salt": writer.salt()}))
        else:
            writer.entry("segment", "SegmentSealed", format.canonical_write({
                "segment": segment - 1, "manifestHash": writer.previous_manifest,
                "salt": writer.salt()}))
        writer.boundary()
        end = entries if segment == segments else share * segment
        subject, step = writer.random.randbytes(16), 0
        while writer.frontier.size < end:
            for _ in range(min(group, end - writer.frontier.size)):
                stream, kind = (("contact", "ContactCreated"), ("consent", "ConsentGranted"),
                                ("contact", "ContactChanged"), ("audit", "AuditEvent"))[step % 4]
                writer.entry(stream, kind, writer.data(payload), subject if step % 4 < 3 else None)
                step += 1
                if step % 4 == 0:
                    subject = writer.random.randbytes(16)
            writer.boundary()
        writer.end(seal=segment < segments)
    with open(os.path.join(directory, "trust.json"), "w") as file:
        json.dump({"format": "chancery-trust/1", "generations": [
            {"generation": 1, "origin": ORIGIN, "keys": keys.trusted}]}, file, indent=2)
    return writer


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--group", type=int, default=64)
    parser.add_argument("--segments", type=int, default=2)
    parser.add_argument("--payload", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--manifest-key")
    parser.add_argument("--attest", action="store_true")
    arguments = parser.parse_args()
    tpm = TPM(arguments.seed) if arguments.attest else None
    writer = write(arguments.directory, Keys(arguments.seed, arguments.manifest_key, tpm),
                   arguments.entries, arguments.group, arguments.segments, arguments.payload,
                   arguments.seed)
    print(json.dumps({"entries": writer.frontier.size, "root": writer.frontier.root().hex()}))


if __name__ == "__main__":
    main()
