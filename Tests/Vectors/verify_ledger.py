#!/usr/bin/env python3
"""A second verifier of Chancery ledgers, written from Sources/LedgerFormat/FORMAT.md alone.

    verify_ledger.py LEDGER_DIRECTORY --trust trust.json
    verify_ledger.py --receipt FILE --trust trust.json [--signature FILE]

It shares no code with the Swift implementation, and needs the standard library and `cryptography`
only. It is written to be read beside the format page, not to be fast. It prints one JSON object;
exit status 0: everything holds, 1: something does not (`reason`, `segment`, `index` name the first),
2: usage or unreadable input, 3: what could be checked holds (`notChecked` says what could not).
Numbers in comments are sections of FORMAT.md.
"""

import argparse
import base64
import binascii
import collections
import datetime
import hashlib
import json
import os
import re
import shutil
import sqlite3
import sys
import tempfile

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
except ImportError:
    print("verify_ledger.py needs the Python package `cryptography` "
          "(apt install python3-cryptography)", file=sys.stderr)
    sys.exit(2)

MAX_SAFE = 2**53 - 1
MAX_DEPTH = 16
MAX_HEADER = 4096
MAX_PAYLOAD = 1 << 20
MAX_NOTE = 64 * 1024
MAX_SIGNATURES = 64
MAX_MANIFEST = 16 * 1024
MAX_TRUST = 1 << 20
MAX_PROOF = 80 * 1024
MAX_PROOF_HASHES = 53
MAX_RECEIPT_SIGNATURE = 512
MAX_STATEMENT = 16 * 1024
MAX_PUBLIC_KEY_TEXT = 1368
MAX_ATTEST = 1024
MAX_ATTEST_SIGNATURE = 256
MAX_NAME = 66
PCRS = 24
COUNTER_NAME_TEXT = 68
MAX_UNSIGNED = 65536
RECENT_ROOTS = 65536
SUPER_JOURNAL = bytes.fromhex("d9d505f920a163d7")  # how a journal ends that names another

STREAMS = {"contact", "consent", "provenance", "sharing", "dsr", "audit", "policy", "key", "segment"}
HEADER_MEMBERS = {
    "actor", "format", "generation", "id", "index", "label", "payloadHash", "previous", "stream",
    "subject", "subjectPrevious", "subjectVersion", "time", "type"}
BODY_MEMBERS = {
    "count", "fileHash", "fileSize", "firstIndex", "firstLeafHash", "format", "generation",
    "lastLeafHash", "origin", "previousManifestHash", "root", "sealedAt", "segment",
    "subjectHeadsRoot", "treeSize"}

ACTOR = re.compile(r"[A-Za-z0-9._:-]{1,64}")
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
HEX32 = re.compile(r"[0-9a-f]{64}")
HEX16 = re.compile(r"[0-9a-f]{32}")
TYPE = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})Z", re.ASCII)
LABEL = re.compile(r"s[0-3](?::([c0-9.,]+))?/i[0-2](?:;([a-z0-9,-]+))?")
CATEGORY = re.compile(r"c(0|[1-9][0-9]{0,3})(?:\.c(0|[1-9][0-9]{0,3}))?")
DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")
FILE = re.compile(r"segment-([0-9]{8})\.(sqlite|manifest)")
LOG = re.compile(r"segment-([0-9]{8})\.sqlite-(wal|shm|journal)")
NAME = re.compile(r"[\x21-\x2a\x2c-\x7e]{1,512}")  # 4: printable ASCII without space and plus

TABLES = {
    "segment": "CREATE TABLE segment (number INTEGER PRIMARY KEY, format INTEGER NOT NULL, "
               "generation INTEGER NOT NULL, first_index INTEGER NOT NULL, origin TEXT NOT NULL, "
               "previous BLOB) STRICT",
    "entry": "CREATE TABLE entry (idx INTEGER PRIMARY KEY, header BLOB NOT NULL, "
             "payload BLOB NOT NULL) STRICT",
    "boundary": "CREATE TABLE boundary (size INTEGER PRIMARY KEY) STRICT",
    "checkpoint": "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT",
    "published": "CREATE TABLE published (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT",
}


def expected_schema():
    rows = set()
    for table, sql in TABLES.items():
        rows.add(("table", table, table, sql))
        for verb in ("update", "delete"):
            name = f"{table}_no_{verb}"
            rows.add(("trigger", name, table,
                      f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} BEGIN "
                      "SELECT RAISE(ABORT, 'a segment only grows'); END"))
    return rows


class Invalid(Exception):
    """Something does not hold. `segment` and `index` are filled in where they are known."""

    def __init__(self, code, reason, segment=None, index=None):
        super().__init__(reason)
        self.code, self.reason, self.segment, self.index = code, reason, segment, index


def require(condition, code, reason, index=None):
    if not condition:
        raise Invalid(code, reason, index=index)


def sha256(*parts):
    h = hashlib.sha256()
    for part in parts:
        h.update(part)
    return h.digest()


def base64_strict(text):
    """RFC 4648 section 4, padded, zero trailing bits: decoding and encoding again is the identity."""
    try:
        raw = text.encode("ascii")
        data = base64.b64decode(raw, validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise Invalid("base64", "not base64")
    require(base64.b64encode(data) == raw, "base64", "base64 is not in its one canonical form")
    return data


def decimal(text, what):
    require(DECIMAL.fullmatch(text) is not None, "number", f"{what} is not a plain decimal number")
    value = int(text)
    require(value <= MAX_SAFE, "number", f"{what} is out of range")
    return value


# 1. Canonical JSON

def _no(kind):
    def refuse(_):
        raise Invalid("canonical", f"{kind} in canonical JSON")
    return refuse


def _integer(text):
    require(DECIMAL.fullmatch(text) is not None, "canonical", f"number {text[:24]} is out of rule")
    return int(text)


def _object(pairs):
    result = dict(pairs)
    require(len(result) == len(pairs), "canonical", "a member name occurs twice")
    return result


def _check(value, depth):
    """Depth counts arrays and objects: a scalar document has depth 0."""
    if isinstance(value, (dict, list)):
        require(depth < MAX_DEPTH, "canonical", "nested more than 16 deep")
        for child in value.values() if isinstance(value, dict) else value:
            _check(child, depth + 1)
    elif isinstance(value, int) and not isinstance(value, bool):
        require(0 <= value <= MAX_SAFE, "canonical", "number out of range")


def _sorted(value):
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return {name: _sorted(value[name]) for name in names}
    if isinstance(value, list):
        return [_sorted(child) for child in value]
    return value


def canonical_write(value):
    text = json.dumps(_sorted(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def canonical_read(data):
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_no("a fraction or exponent"),
                           parse_constant=_no("NaN or Infinity"), parse_int=_integer,
                           object_pairs_hook=_object)
        _check(value, 0)
        again = canonical_write(value)
    except (UnicodeError, ValueError, RecursionError) as error:
        raise Invalid("canonical", f"not canonical JSON: {error}")
    require(again == data, "canonical", "not canonical JSON: writing it again gives other bytes")
    return value


# 2. Entry

def time_value(text):
    match = TIME.fullmatch(text) if isinstance(text, str) else None
    require(match is not None, "time", "time is not of the form YYYY-MM-DDThh:mm:ss.ffffffZ")
    try:
        value = datetime.datetime(*(int(part) for part in match.groups()))
    except ValueError as error:
        raise Invalid("time", f"time names no instant: {error}")
    require(value.year >= 1970, "time", "time before 1970")
    return value


def check_label(label):
    """2.4, read as: written one way only, so runs are maximal."""
    match = LABEL.fullmatch(label)
    require(match is not None, "label", f"label {label!r} is out of rule")
    if match[1] is not None:
        categories = []
        for part in match[1].split(","):
            run = CATEGORY.fullmatch(part)
            require(run is not None, "label", f"category {part!r} is out of rule")
            first = int(run[1])
            last = first if run[2] is None else int(run[2])
            require(last <= 1023, "label", "category above c1023")
            require(run[2] is None or last >= first + 2, "label", "range of fewer than three")
            require(not categories or first > categories[-1], "label", "categories not ascending")
            categories.extend(range(first, last + 1))
        written, position = [], 0
        while position < len(categories):
            end = position
            while end + 1 < len(categories) and categories[end + 1] == categories[end] + 1:
                end += 1
            if end - position >= 2:
                written.append(f"c{categories[position]}.c{categories[end]}")
            else:
                written.extend(f"c{category}" for category in categories[position:end + 1])
            position = end + 1
        require(",".join(written) == match[1], "label", "categories are not in canonical form")
    if match[2] is not None:
        caveats = match[2].split(",")
        require(all(re.fullmatch(r"[a-z0-9-]{1,32}", caveat) for caveat in caveats)
                and caveats == sorted(set(caveats)), "label", "caveats are out of rule")


def read_header(data):
    require(len(data) <= MAX_HEADER, "header", f"header of {len(data)} bytes")
    header = canonical_read(data)
    require(isinstance(header, dict) and set(header) == HEADER_MEMBERS, "header",
            "header does not have exactly the 14 members")

    def text(name, pattern):
        value = header[name]
        require(isinstance(value, str) and pattern.fullmatch(value) is not None, "header",
                f"{name} is out of rule")
        return value

    def integer(name):
        value = header[name]
        require(isinstance(value, int) and not isinstance(value, bool), "header",
                f"{name} is not an integer")
        return value

    text("actor", ACTOR)
    text("id", UUID7)
    text("payloadHash", HEX32)
    text("type", TYPE)
    require(integer("format") == 1, "header", "format is not 1")
    require(integer("generation") >= 1, "header", "generation is not from 1")
    integer("index")
    require(isinstance(header["label"], str) and len(header["label"]) <= 256, "header",
            "label is out of rule")
    check_label(header["label"])
    require(header["stream"] in STREAMS if isinstance(header["stream"], str) else False, "header",
            "unknown stream")
    time_value(header["time"])
    require((header["previous"] is None) == (header["index"] == 0), "header",
            "previous is null exactly at index 0")
    if header["previous"] is not None:
        text("previous", HEX32)
    if header["subject"] is None:
        require(header["subjectVersion"] is None and header["subjectPrevious"] is None, "header",
                "no subject, yet a subject version or predecessor")
    else:
        text("subject", HEX16)
        require(header["stream"] not in ("key", "segment"), "header",
                f"stream {header['stream']} has no subject")
        require(integer("subjectVersion") >= 1, "header", "subjectVersion is not from 1")
        require((header["subjectPrevious"] is None) == (header["subjectVersion"] == 1), "header",
                "subjectPrevious is null exactly at version 1")
        if header["subjectPrevious"] is not None:
            require(integer("subjectPrevious") < header["index"], "header",
                    "subjectPrevious is not below index")
    return header


def payload_hash(payload):
    return sha256(b"chancery/payload/v1\n", payload)


# 3. Tree

def leaf_hash(data):
    return sha256(b"\x00", data)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


class Frontier:
    """The roots of the perfect subtrees that make up a tree, largest first."""

    def __init__(self):
        self.size, self.hashes = 0, []

    def append(self, leaf):
        level = self.size
        while level & 1:
            leaf = node_hash(self.hashes.pop(), leaf)
            level >>= 1
        self.hashes.append(leaf)
        self.size += 1

    def root(self):
        if not self.hashes:
            return sha256()
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def included(leaf, index, size, proof, root):
    """RFC 9162 section 2.1.3.2, the algorithm for the proofs of RFC 6962 section 2.1.1."""
    if index >= size:
        return False
    fn, sn, value = index, size - 1, leaf
    for sibling in proof:
        if sn == 0 or len(sibling) != 32:
            return False
        if fn & 1 or fn == sn:
            value = node_hash(sibling, value)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            value = node_hash(value, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and value == root


# 4. Checkpoints

Note = collections.namedtuple("Note", "text signatures")  # signatures: (name, key id, bytes)
Checkpoint = collections.namedtuple("Checkpoint", "origin size root")


def read_note(data):
    require(len(data) <= MAX_NOTE, "note", f"note of {len(data)} bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeError:
        raise Invalid("note", "note is not UTF-8")
    require(all(c >= " " or c == "\n" for c in whole), "note", "control character in note")
    split = whole.rfind("\n\n")
    require(split >= 0 and whole.endswith("\n"), "note", "note has no signature block")
    lines = whole[split + 2:].split("\n")[:-1]
    require(1 <= len(lines) <= MAX_SIGNATURES, "note", "number of signature lines")
    signatures = []
    for line in lines:
        parts = line.split(" ")
        require(len(parts) == 3 and parts[0] == "\u2014" and NAME.fullmatch(parts[1]), "note",
                "malformed signature line")
        blob = base64_strict(parts[2])
        require(len(blob) > 4, "note", "signature line too short")
        signatures.append((parts[1], blob[:4], blob[4:]))
    return Note(whole[:split + 1], signatures)


def read_checkpoint(text):
    lines = text.split("\n")
    require(len(lines) == 4 and lines[3] == "" and NAME.fullmatch(lines[0]), "checkpoint",
            "checkpoint is not three lines")
    root, size = base64_strict(lines[2]), decimal(lines[1], "checkpoint size")
    require(len(root) == 32, "checkpoint", "root is not 32 bytes")
    require(size > 0 or root == sha256(), "checkpoint", "root of the empty tree")
    return Checkpoint(lines[0], size, root)


def open_checkpoint(data, generation, only_log_key=False):
    """The checkpoint in a note, if a key of `generation` valid at its size signed it. A group
    checkpoint has one line, by the log key; any trusted checkpoint key makes another one count."""
    note = read_note(data)
    checkpoint = read_checkpoint(note.text)
    require(checkpoint.origin == generation.origin, "origin",
            f"checkpoint of origin {checkpoint.origin!r}, not {generation.origin!r}")
    if only_log_key:
        require(len(note.signatures) == 1, "checkpoint", "group checkpoint without exactly one line")
    good, signers = False, set()
    for name, key_id, signature in note.signatures:
        for key in generation.keys:
            if key.use != "checkpoint" or key.name != name or bytes.fromhex(key.key_id) != key_id:
                continue
            require((name, key_id) not in signers, "signature",
                    f"known key {name} {key.key_id} signs twice")
            signers.add((name, key_id))
            require(key.verify(signature, note.text.encode("utf-8")), "signature",
                    f"signature of known key {name} {key.key_id} over size {checkpoint.size} is bad")
            log_key = key.algorithm == "Ed25519" and key.name == generation.origin
            if (log_key or not only_log_key) and key.covers(checkpoint.size):
                good = True
    require(good, "signature",
            f"no signature by a key of the trust file that is valid at size {checkpoint.size}")
    return checkpoint


# 8. Trust file

class Key:
    def __init__(self, value):
        require(isinstance(value, dict), "trust", "a key is not an object")
        members = {"use", "algorithm", "name", "keyId", "publicKey", "fromSize", "untilSize"}
        if value.get("use") == "attestation":
            members.add("sealCounter")
        require(set(value) | {"untilSize"} == members, "trust",
                "a key does not have exactly its members")
        for name in ("use", "algorithm", "name", "keyId", "publicKey"):
            require(isinstance(value[name], str), "trust", f"key: {name} is not a string")
        self.use, self.algorithm, self.name = value["use"], value["algorithm"], value["name"]
        self.key_id, self.public = value["keyId"], value["publicKey"]
        self.from_size, self.until_size = value["fromSize"], value.get("untilSize")
        require(_is_size(self.from_size), "trust", "key: fromSize")
        require(self.until_size is None
                or _is_size(self.until_size) and self.from_size <= self.until_size,
                "trust", "key: untilSize")
        require(NAME.fullmatch(self.name), "trust", "key: name")
        self.seal_counter = value.get("sealCounter")
        require("sealCounter" not in value or isinstance(self.seal_counter, str)
                and re.fullmatch(r"000b[0-9a-f]{64}", self.seal_counter), "trust",
                "key: sealCounter")
        raw = base64_strict(self.public)
        try:
            if self.use == "checkpoint" and self.algorithm == "Ed25519":
                require(len(raw) == 32, "trust", "Ed25519 public key is not 32 bytes")
                self.key = ed25519.Ed25519PublicKey.from_public_bytes(raw)
                expected = sha256(self.name.encode("utf-8"), b"\n\x01", raw)[:4]
            else:
                self.key = serialization.load_der_public_key(raw)
                require(self.key.public_bytes(serialization.Encoding.DER,
                                              serialization.PublicFormat.SubjectPublicKeyInfo) == raw,
                        "trust", "public key is not in its one DER encoding")
                if self.use in ("checkpoint", "attestation"):
                    require(self.algorithm == "ECDSA-P256-SHA256"
                            and isinstance(self.key, ec.EllipticCurvePublicKey)
                            and isinstance(self.key.curve, ec.SECP256R1), "trust",
                            f"{self.use} key of unknown algorithm {self.algorithm}")
                    expected = sha256(raw)[:4 if self.use == "checkpoint" else 8]
                elif self.use == "receipt":
                    require(self.algorithm == "ECDSA-P384-SHA384"
                            and isinstance(self.key, ec.EllipticCurvePublicKey)
                            and isinstance(self.key.curve, ec.SECP384R1), "trust",
                            f"receipt key of unknown algorithm {self.algorithm}")
                    expected = sha256(raw)[:8]
                else:
                    require(self.use == "segment-manifest"
                            and self.algorithm == "RSASSA-PSS-4096-SHA256"
                            and isinstance(self.key, rsa.RSAPublicKey)
                            and self.key.key_size == 4096, "trust",
                            f"key of unknown use {self.use} or algorithm {self.algorithm}")
                    expected = sha256(raw)[:8]
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Invalid("trust", f"key {self.key_id}: {error}")
        require(self.key_id == expected.hex(), "trust",
                f"key id {self.key_id} does not belong to its public key")

    def covers(self, size):
        return self.from_size <= size and (self.until_size is None or size <= self.until_size)

    def verify(self, signature, message):
        try:
            if isinstance(self.key, ed25519.Ed25519PublicKey):
                self.key.verify(signature, message)
            elif isinstance(self.key, rsa.RSAPublicKey):
                self.key.verify(signature, message,
                                padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
            else:
                is_p384 = isinstance(self.key.curve, ec.SECP384R1)
                self.key.verify(signature, message,
                                ec.ECDSA(hashes.SHA384() if is_p384 else hashes.SHA256()))
            return True
        except (InvalidSignature, ValueError):
            return False

    def announcement(self):
        return (self.use, self.algorithm, self.name, self.key_id, self.public, self.from_size,
                self.seal_counter)


class Generation:
    def __init__(self, value):
        require(isinstance(value, dict) and set(value) == {"generation", "origin", "keys"}, "trust",
                "a generation does not have exactly its three members")
        self.number, self.origin = value["generation"], value["origin"]
        require(_is_size(self.number) and self.number >= 1, "trust", "generation number")
        require(is_origin(self.origin, self.number), "trust",
                f"origin of generation {self.number} is not <name>/g{self.number}")
        require(isinstance(value["keys"], list), "trust", "keys is not an array")
        self.keys = [Key(key) for key in value["keys"]]
        identities = [(key.use, key.name, key.key_id) for key in self.keys]
        require(len(set(identities)) == len(identities), "trust", "a key stands there twice")
        require(all(key.name == self.origin for key in self.keys if key.algorithm == "Ed25519"),
                "trust", "a log key's name is not the origin")


def is_origin(text, generation):
    return (isinstance(text, str) and NAME.fullmatch(text) is not None
            and text.rpartition("/")[2] == f"g{generation}" and text.rpartition("/")[0] != "")


def _is_size(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SAFE


def read_trust(path):
    with open(path, "rb") as file:
        return trust_of(file.read(MAX_TRUST + 1))


def trust_of(data):
    require(len(data) <= MAX_TRUST, "trust", "trust file too large")
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_int=_integer,
                           parse_float=_no("a fraction or exponent"),
                           parse_constant=_no("NaN or Infinity"))
    except (UnicodeError, ValueError, RecursionError) as error:
        raise Invalid("trust", f"trust file is not JSON: {error}")
    require(re.search(rb'"[^"\\]*\\(?:[^"\\]|\\.)*"\s*:', data) is None, "trust",
            "a member name with an escape")
    require(isinstance(value, dict) and set(value) == {"format", "generations"}
            and value["format"] == "chancery-trust/1" and isinstance(value["generations"], list)
            and value["generations"], "trust", "not a chancery-trust/1 file")
    generations = {}
    for item in value["generations"]:
        generation = Generation(item)
        require(generation.number > max(generations, default=0), "trust",
                "generations do not ascend")
        generations[generation.number] = generation
    return generations


# 5.3 Manifest

Manifest = collections.namedtuple("Manifest", "body signature attestation hash")


def read_manifest(path):
    require(os.path.isfile(path) and not os.path.islink(path), "file", "not a regular file")
    with open(path, "rb") as file:
        return manifest_of(file.read(MAX_MANIFEST + 1))


def manifest_of(data):
    require(len(data) <= MAX_MANIFEST, "manifest", "manifest too large")
    value = canonical_read(data)
    require(isinstance(value, dict) and set(value) == {"attestation", "manifest", "signature"},
            "manifest", "manifest does not have exactly its three members")
    attestation = None if value["attestation"] == "none" else read_attestation(value["attestation"])
    body, signature = value["manifest"], value["signature"]
    require(isinstance(body, dict) and set(body) == BODY_MEMBERS, "manifest",
            "manifest body does not have exactly its members")
    require(isinstance(signature, dict) and set(signature) == {"algorithm", "keyId", "value"}
            and all(isinstance(part, str) for part in signature.values()), "manifest",
            "manifest signature does not have exactly its members")
    for name in ("count", "fileSize", "firstIndex", "format", "generation", "segment", "treeSize"):
        require(_is_size(body[name]), "manifest", f"{name} is not an integer")
    for name in ("fileHash", "firstLeafHash", "lastLeafHash", "root", "subjectHeadsRoot"):
        require(isinstance(body[name], str) and HEX32.fullmatch(body[name]), "manifest",
                f"{name} is not 32 bytes in hex")
    previous = body["previousManifestHash"]
    require(previous is None or (isinstance(previous, str) and HEX32.fullmatch(previous)),
            "manifest", "previousManifestHash is out of rule")
    require(body["format"] == 1 and body["count"] >= 1 and body["fileSize"] >= 1, "manifest",
            "format, count or fileSize out of rule")
    require(1 <= body["segment"] <= 99999999, "manifest", "segment is not from 1, eight digits")
    require((previous is None) == (body["segment"] == 1), "manifest",
            "previousManifestHash is null exactly for segment 1")
    require(re.fullmatch(r"[0-9a-f]{16}", signature["keyId"]) is not None
            and signature["algorithm"] == "RSASSA-PSS-4096-SHA256"
            and len(base64_strict(signature["value"])) == 512, "manifest",
            "manifest signature is out of rule")
    require(body["treeSize"] == body["firstIndex"] + body["count"], "manifest",
            "treeSize is not firstIndex + count")
    require(body["generation"] >= 1 and is_origin(body["origin"], body["generation"]), "manifest",
            "origin is not <name>/g<generation>")
    time_value(body["sealedAt"])
    if attestation:
        check_statements(attestation, body)
    return Manifest(body, signature, attestation, sha256(data))


def signing_input(body):
    return b"chancery/manifest/v1\n" + canonical_write(body)


def check_manifest_signature(body, signature, generation, later=()):
    """By a listed key whose range has the size, or one of a later generation."""
    value = base64_strict(signature["value"])
    message = signing_input(body)
    def named(keys):
        return [key for key in keys
                if key.use == "segment-manifest" and key.key_id == signature["keyId"]]
    after = named(key for following in later for key in following.keys)
    if any(key.verify(value, message) for key in after):
        return
    keys = named(generation.keys)
    require(keys, "manifestSignature", f"manifest key {signature['keyId']} is not in the trust file")
    require(any(key.covers(body["treeSize"]) for key in keys), "manifestSignature",
            f"manifest key {signature['keyId']} is not valid at size {body['treeSize']}")
    require(any(key.covers(body["treeSize"]) and key.verify(value, message) for key in keys),
            "manifestSignature", "manifest signature is bad")


# 5.4 Attestation

Attestation = collections.namedtuple("Attestation", "key_id pcrs certify quote")
Statement = collections.namedtuple("Statement", "attest r s")
Attest = collections.namedtuple("Attest", "bytes extra_data clock content")  # clock: resets, restarts, time


class TPM:
    """Reads big-endian integers and 2B from the bytes of one structure."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, count):
        require(count <= len(self.data) - self.at, "attestation", "a TPM structure ends too early")
        self.at += count
        return self.data[self.at - count:self.at]

    def integer(self, size):
        return int.from_bytes(self.bytes(size), "big")

    def expect(self, size, value, what):
        require(self.integer(size) == value, "attestation", f"{what} is not {value:#x}")

    def sized(self, least, most, what):
        size = self.integer(2)
        require(least <= size <= most, "attestation", f"{what} of {size} bytes")
        return self.bytes(size)

    def end(self):
        require(self.at == len(self.data), "attestation", "bytes behind a TPM structure")


def read_attest(data, kind):
    require(len(data) <= MAX_ATTEST, "attestation", "attest is too large")
    tpm = TPM(data)
    tpm.expect(4, 0xFF544347, "magic")
    tpm.expect(2, {"quote": 0x8018, "certify": 0x8014}[kind], "type")
    tpm.sized(0, MAX_NAME, "qualifiedSigner")
    extra_data = tpm.sized(32, 32, "extraData")
    time, resets, restarts = tpm.integer(8), tpm.integer(4), tpm.integer(4)
    require(tpm.integer(1) <= 1, "attestation", "safe is not 0 or 1")
    tpm.integer(8)  # firmwareVersion
    if kind == "quote":
        tpm.expect(4, 1, "number of selections")
        tpm.expect(2, 0x000B, "hash of the selection")
        tpm.expect(1, 3, "sizeofSelect")
        bitmap = tpm.bytes(3)
        selected = [n for n in range(PCRS) if bitmap[n // 8] >> n % 8 & 1]
        content = (selected, tpm.sized(32, 32, "pcrDigest"))
    else:
        name = tpm.sized(34, 34, "indexName")
        require(name.startswith(b"\x00\x0b"), "attestation", "indexName is not a Name of SHA-256")
        tpm.expect(2, 0, "offset")
        tpm.expect(2, 8, "size of nvContents")
        content = (name, tpm.integer(8))
    tpm.end()
    return Attest(data, extra_data, (resets, restarts, time), content)


def read_statement(value, kind):
    require(isinstance(value, dict) and set(value) == {"attest", "signature"}
            and all(isinstance(part, str) for part in value.values()), "attestation",
            f"{kind} does not have exactly its members")
    attest, signature = base64_strict(value["attest"]), base64_strict(value["signature"])
    require(len(signature) <= MAX_ATTEST_SIGNATURE, "attestation", "signature is too large")
    tpm = TPM(signature)
    tpm.expect(2, 0x0018, "sigAlg")
    tpm.expect(2, 0x000B, "hash of the signature")
    r, s = tpm.sized(1, 32, "signatureR"), tpm.sized(1, 32, "signatureS")
    tpm.end()
    return Statement(read_attest(attest, kind), int.from_bytes(r, "big"), int.from_bytes(s, "big"))


def read_attestation(value):
    require(isinstance(value, dict) and set(value) == {"certify", "keyId", "pcrs", "quote"},
            "attestation", "attestation does not have exactly its four members")
    require(isinstance(value["keyId"], str) and re.fullmatch(r"[0-9a-f]{16}", value["keyId"]),
            "attestation", "keyId is not 8 bytes in hex")
    pcrs = value["pcrs"]
    require(isinstance(pcrs, list) and pcrs, "attestation", "pcrs is not a list of at least one")
    for pcr in pcrs:
        require(isinstance(pcr, dict) and set(pcr) == {"index", "value"} and _is_size(pcr["index"])
                and pcr["index"] < PCRS and isinstance(pcr["value"], str)
                and HEX32.fullmatch(pcr["value"]), "attestation", "a register is out of rule")
    indices = [pcr["index"] for pcr in pcrs]
    require(indices == sorted(set(indices)), "attestation", "registers do not ascend")
    return Attestation(value["keyId"], {pcr["index"]: bytes.fromhex(pcr["value"]) for pcr in pcrs},
                       read_statement(value["certify"], "certify"),
                       read_statement(value["quote"], "quote"))


def check_statements(attestation, body):
    """What holds whoever signed."""
    expected = sha256(signing_input(body))
    certify, quote = attestation.certify.attest, attestation.quote.attest
    require(certify.extra_data == expected and quote.extra_data == expected, "attestationMismatch",
            "a statement of the TPM is of another manifest")
    require(quote.content == (list(attestation.pcrs), sha256(*attestation.pcrs.values())),
            "attestationMismatch", "the quote is of other registers or values")
    require(certify.clock[:2] == quote.clock[:2], "attestationMismatch",
            "the TPM was restarted between its two statements")


def check_attestation(manifest, generation, later=()):
    """By a listed key, or one of a later generation; absent only where none is listed."""
    body, attestation = manifest.body, manifest.attestation
    listed = [key for key in generation.keys
              if key.use == "attestation" and key.covers(body["treeSize"])]
    if attestation is None:
        require(not listed, "attestationMissing", "the attestation was stripped")
        return
    listed += [key for after in later for key in after.keys if key.use == "attestation"]
    signers = [key for key in listed if key.key_id == attestation.key_id and all(
        key.verify(utils.encode_dss_signature(part.r, part.s), part.attest.bytes)
        for part in (attestation.certify, attestation.quote))]
    require(signers, "attestationSignature", f"no trusted key {attestation.key_id} signed the attestation")
    require(any(bytes.fromhex(key.seal_counter) == attestation.certify.attest.content[0]
                for key in signers), "attestationMismatch",
            "the TPM certified another index than the seal counter")


def check_succession(before, attestation):
    counter = before.certify.attest.content[1]
    require(attestation.certify.attest.content[1] > counter, "sealCounter",
            f"the seal counter does not follow {counter}")
    earlier = max(before.certify.attest.clock, before.quote.attest.clock)
    later = min(attestation.certify.attest.clock, attestation.quote.attest.clock)
    if earlier > later:
        return "the TPM's resets, restarts or clock went back"
    return None if attestation.certify.attest.content[1] == counter + 1 else "the seal counter skips values"


# 5. Segments

class Ledger:
    """Folds over the segments in order; what one segment leaves behind for the next is here."""

    def __init__(self, trust):
        self.trust = trust
        self.generation = None
        self.previous_leaf = None
        self.last_time = None
        self.frontier = Frontier()
        self.heads = {}
        self.recent_roots, self.forgot_roots = collections.OrderedDict(), False
        self.anchors = {}
        self.activated, self.retired = [], []
        self.previous_manifest = None
        self.manifests = {}
        self.seen_generations = set()
        self.unsigned_from = None
        self.not_checked = []
        self.signed_size = 0
        self.total = 0
        self.sealed_size = 0
        self.seals = {}
        self.seal_gaps = {}
        self.ended = None
        self.notes = []

    def start_generation(self, number, first_index, origin, previous):
        if self.generation is not None and number == self.generation.number:
            return
        before = 0 if self.generation is None else self.generation.number
        require(number > before, "generation", f"generation {number} after generation {before}")
        if self.generation is not None:
            self.leave_generation()
            require(self.sealed_size == self.frontier.size, "recovery",
                    f"generation {before} is not sealed to its end")
            self.ended = (self.generation.number, self.frontier.size, self.frontier.root())
        require(number in self.trust, "trust", f"generation {number} is not in the trust file")
        require(first_index == 0 and previous is None, "generation",
                "a generation does not start at index 0")
        self.generation = self.trust[number]
        self.previous_leaf, self.last_time = None, None
        self.frontier, self.heads = Frontier(), {}
        self.recent_roots, self.forgot_roots = collections.OrderedDict(), False
        self.anchors = {}
        self.activated, self.retired = [], []
        self.unsigned_from = None
        self.seen_generations.add(number)
        self.signed_size = self.sealed_size = 0
        self.seals, self.seal_gaps = {}, {}

    def leave_generation(self):
        """5.1, 8: what only the end of a generation shows."""
        size = self.frontier.size
        require(size == 0 or self.signed_size > 0, "checkpoint",
                f"not one checkpoint of generation {self.generation.number} is here", size - 1)
        self.check_keys()
        if size > self.signed_size:
            self.not_checked.append(f"the last {size - self.signed_size} entries: not yet signed")

    def check_seal_gaps(self, numbers):
        """5.4: only seals that nobody announced in their generation, which another one follows, may skip values."""
        for number in sorted(self.seal_gaps.keys() & numbers):
            raise Invalid("sealCounter", self.seal_gaps[number], segment=number)

    def finish(self, final_without_manifest):
        if not any(number > self.generation.number for number in self.trust):
            self.check_seal_gaps(self.seal_gaps.keys())
        require(final_without_manifest is None, "manifestMissing",
                f"segment {final_without_manifest} is final and the last, but has no manifest")
        self.leave_generation()
        missing = set(self.trust) - self.seen_generations
        require(not missing, "generationMissing",
                f"generation {min(missing, default=0)} of the trust file is not here")

    # one segment

    def segment(self, number, path, manifest):
        """Returns whether the file is a final one with entries, as its journal mode tells."""
        body = manifest.body if manifest else None
        if body:
            require(body["segment"] == number, "manifest", f"manifest of segment {body['segment']}")
            require(body["previousManifestHash"]
                    == (self.previous_manifest.hex() if self.previous_manifest else None),
                    "manifestChain", "previousManifestHash is not that of the manifest before")
        require(os.path.isfile(path) and not os.path.islink(path), "file", "not a regular file")
        try:
            is_final = self.walk(number, path, body)
        except sqlite3.Error as error:
            if body and file_hash(path) != (body["fileHash"], body["fileSize"]):
                raise Invalid("fileHash", f"file is not the sealed one, and SQLite says: {error}")
            raise Invalid("sqlite", f"SQLite says: {error}")
        if body:
            later = [after for number, after in self.trust.items()
                     if number > self.generation.number]
            check_manifest_signature(body, manifest.signature, self.generation, later)
            check_attestation(manifest, self.generation, later)
            self.follow_seal(number, manifest.attestation)
            require(file_hash(path) == (body["fileHash"], body["fileSize"]), "fileHash",
                    "file hash or size is not that of the manifest; every entry in it is intact")
            self.previous_manifest = manifest.hash
            self.manifests[number] = manifest.hash
            self.sealed_size = body["treeSize"]
        else:
            self.previous_manifest = None
        return is_final

    def follow_seal(self, number, attestation):
        """5.4: from seal to seal under one key; other registers are worth a note."""
        if attestation is None:
            self.notes.append(f"the seal of segment {number} is not attested by a TPM")
            return
        counter = (attestation.key_id, attestation.certify.attest.content[0])
        before = self.seals.get(counter)
        if before:
            gap = check_succession(before, attestation)
            if gap:
                self.seal_gaps[number] = gap
            changed = [n for n in range(PCRS) if before.pcrs.get(n) != attestation.pcrs.get(n)]
            if changed:
                self.notes.append(f"segment {number}: PCR {changed} not as in the seal before")
        self.seals[counter] = attestation

    def walk(self, number, path, body):
        """5.1: a journal is rolled back on a copy; SQLite would delete the file that it names."""
        if body:
            return self.walk_file(number, path, body, "?mode=ro&immutable=1")
        if not os.path.lexists(path + "-journal"):
            return self.walk_file(number, path, body, "?mode=ro")
        with tempfile.TemporaryDirectory() as directory:
            copy = os.path.join(directory, os.path.basename(path))
            for suffix in ("", "-wal", "-journal"):
                if os.path.lexists(path + suffix):
                    require(os.path.isfile(path + suffix) and not os.path.islink(path + suffix),
                            "file", "not a regular file")
                    shutil.copyfile(path + suffix, copy + suffix)
            with open(copy + "-journal", "rb") as file:
                require(not file.read().endswith(SUPER_JOURNAL), "journal",
                        "the journal names another journal")
            before = self.frontier.size
            is_final = self.walk_file(number, copy, body, "?mode=rw")
            require(self.frontier.size == before, "journal",
                    "a journal beside a segment that has entries")
            return is_final

    def walk_file(self, number, path, body, mode):
        if body:
            with open(path, "rb") as file:
                start = file.read(20)
            require(start[18:20] == b"\x01\x01", "schema", "sealed file is not in rollback mode")
        uri = "file:" + "".join(c if c.isalnum() or c in "/-._" else "".join(
            f"%{b:02x}" for b in c.encode("utf-8", "surrogateescape")) for c in os.path.abspath(path))
        db = sqlite3.connect(uri + mode, uri=True, isolation_level=None)
        try:
            db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * MAX_PAYLOAD)
            db.execute("PRAGMA trusted_schema=OFF")
            db.execute("PRAGMA cell_size_check=ON")
            db.execute("PRAGMA query_only=ON")
            db.execute("BEGIN")
            before = self.frontier.size
            self.read(number, db, body)
            mode = db.execute("PRAGMA journal_mode").fetchone()[0]
            return mode != "wal" and (self.frontier.size > before or body is not None)
        finally:
            db.close()

    def read(self, number, db, body):
        def pragma(name):
            return db.execute(f"PRAGMA {name}").fetchone()[0]
        require(pragma("application_id") == 0x43484E43, "schema", "application_id is not CHNC")
        require(pragma("user_version") == 1, "schema", "user_version is not 1")
        require(pragma("encoding") == "UTF-8", "schema", "text encoding is not UTF-8")
        schema = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchmany(100)
        require(len(schema) == 15 and set(schema) == expected_schema(), "schema",
                "schema is not exactly that of a segment")
        rows = db.execute("SELECT number, format, generation, first_index, origin, previous "
                          "FROM segment").fetchmany(2)
        require(len(rows) == 1, "segmentRow", "table segment does not hold exactly one row")
        row_number, row_format, generation, first, origin, previous = rows[0]
        require(row_number == number, "segmentRow", f"file of segment {row_number}")
        require(row_format == 1, "segmentRow", "format is not 1")
        require(all(_is_size(value) for value in (generation, first)), "segmentRow",
                "numbers out of range")
        require(previous is None or (isinstance(previous, bytes) and len(previous) == 32),
                "segmentRow", "previous is not 32 bytes")
        self.start_generation(generation, first, origin, previous)
        require(origin == self.generation.origin, "origin",
                f"segment of origin {origin!r}, not {self.generation.origin!r}")
        require(first == self.frontier.size, "gap",
                f"segment starts at {first}, the one before ends at {self.frontier.size}")
        require(previous == self.previous_leaf, "chain", "previous is not the leaf hash before")

        boundaries = db.cursor().execute("SELECT size FROM boundary ORDER BY size")
        notes = db.cursor().execute("SELECT size, note FROM checkpoint ORDER BY size")
        published = db.cursor().execute("SELECT size, note FROM published ORDER BY size")
        boundary, note, served = boundaries.fetchone(), notes.fetchone(), published.fetchone()
        require(boundary is None or boundary[0] > first, "boundary", "boundary below the segment")
        require(note is None or note[0] > first, "checkpoint", "checkpoint below the segment")
        while served is not None and served[0] <= first:
            size = served[0]
            root = sha256() if size == 0 else self.recent_roots.get(size)
            forgotten = root is None and self.forgot_roots and size < next(iter(self.recent_roots))
            if forgotten:
                self.not_checked.append(f"root of the published checkpoint of size {size}")
            self.check_published(served, root, forgotten)
            served = published.fetchone()

        self.holder, last_boundary, first_leaf = number, first, None
        for index, header_bytes, payload in db.cursor().execute(
                "SELECT idx, header, payload FROM entry ORDER BY idx"):
            expected = self.frontier.size
            require(index == expected, "index", f"entry {index} where {expected} belongs", expected)
            try:
                leaf = self.entry(index, header_bytes, payload)
            except Invalid as failure:
                failure.index = index
                raise
            first_leaf = first_leaf or leaf
            size, root = self.frontier.size, None
            at = {row[0] for row in (boundary, note, served) if row is not None}
            if size in at:
                root = self.frontier.root()
            if boundary is not None and boundary[0] == size:
                last_boundary = size
                self.recent_roots[size] = root
                if len(self.recent_roots) > RECENT_ROOTS:
                    self.recent_roots.popitem(last=False)
                    self.forgot_roots = True
                if note is not None and note[0] == size:
                    require(self.unsigned_from is None, "checkpoint",
                            f"boundary {self.unsigned_from} lacks its checkpoint, a later one has one",
                            (self.unsigned_from or 1) - 1)
                    self.check_group(note, root)
                    note = notes.fetchone()
                    self.signed_size = size
                else:
                    require(not body, "checkpoint", f"boundary {size} of a sealed segment lacks its "
                            "checkpoint", index)
                    self.unsigned_from = self.unsigned_from or size
                    require(size - self.signed_size <= MAX_UNSIGNED, "checkpoint",
                            f"{size - self.signed_size} entries without a signed checkpoint", index)
                boundary = boundaries.fetchone()
            require(note is None or note[0] > size, "checkpoint", "checkpoint at no boundary", index)
            if served is not None and served[0] == size:
                require(size == last_boundary, "published",
                        f"published checkpoint of size {size} is at no boundary", index)
                self.check_published(served, root)
                served = published.fetchone()
        count = self.frontier.size - first
        require(boundary is None and note is None and served is None, "boundary",
                "boundary or checkpoint beyond the last entry")
        require(last_boundary == self.frontier.size, "boundary",
                "the last entry is not at a boundary")
        self.total += count
        if body:
            require(count >= 1, "manifest", "a sealed segment without entries")
            for name, value in (
                    ("generation", generation), ("origin", origin), ("firstIndex", first),
                    ("count", count), ("firstLeafHash", first_leaf.hex()),
                    ("lastLeafHash", self.previous_leaf.hex()),
                    ("root", self.frontier.root().hex()),
                    ("subjectHeadsRoot", self.subject_heads_root().hex())):
                require(body[name] == value, "manifest", f"manifest: {name} is not that of the file")

    def check_group(self, row, root):
        size, data = row
        try:
            require(isinstance(data, bytes), "checkpoint", "note is not a blob")
            checkpoint = open_checkpoint(data, self.generation, only_log_key=True)
            require(checkpoint.size == size, "checkpoint", f"checkpoint of size {checkpoint.size}")
            require(checkpoint.root == root, "root", "checkpoint's root is not the tree's")
        except Invalid as failure:
            failure.reason = f"checkpoint of size {size}: {failure.reason}"
            failure.index = size - 1
            raise

    def check_published(self, row, root, forgotten=False):
        size, data = row
        try:
            require(isinstance(data, bytes), "published", "note is not a blob")
            checkpoint = open_checkpoint(data, self.generation)
            require(checkpoint.size == size, "published", f"checkpoint of size {checkpoint.size}")
            require(root is not None or forgotten, "published", "size is at no boundary")
            require(forgotten or checkpoint.root == root, "root", "published root is not the tree's")
        except Invalid as failure:
            failure.reason = f"published checkpoint of size {size}: {failure.reason}"
            raise

    def entry(self, index, header_bytes, payload):
        require(isinstance(header_bytes, bytes) and isinstance(payload, bytes), "entry",
                "header or payload is not a blob")
        require(len(payload) <= MAX_PAYLOAD, "payload", f"payload of {len(payload)} bytes")
        header = read_header(header_bytes)
        require(header["index"] == index, "index", f"header says index {header['index']}")
        require(header["generation"] == self.generation.number, "generation",
                f"header says generation {header['generation']}")
        require(header["payloadHash"] == payload_hash(payload).hex(), "payloadHash",
                "payload is not the one the header commits to")
        require(header["previous"] == (self.previous_leaf.hex() if self.previous_leaf else None),
                "chain", "previous is not the leaf hash of the entry before")
        time = time_value(header["time"])
        require(self.last_time is None or time >= self.last_time
                or (header["stream"], header["type"]) == ("policy", "ClockCorrected"), "timeOrder",
                "time decreases")
        self.last_time = time
        if header["subject"] is not None:
            key = (bytes.fromhex(header["subject"]), header["stream"].encode())
            last, version = self.heads.get(key, (None, 0))
            require(header["subjectVersion"] == version + 1, "subjectVersion",
                    f"subject version {header['subjectVersion']} where {version + 1} follows")
            require(header["subjectPrevious"] == last, "subjectPrevious",
                    "subjectPrevious is not the subject's entry before")
            self.heads[key] = (index, version + 1)
        recovered = (header["stream"], header["type"]) == ("segment", "LedgerRecovered")
        require(recovered == (index == 0 and self.ended is not None), "recovery",
                "LedgerRecovered is the first entry of a generation that follows another")
        if header["stream"] in ("key", "segment"):
            self.special(index, header, payload)
        leaf = leaf_hash(header_bytes)
        self.previous_leaf = leaf
        self.frontier.append(leaf)
        return leaf

    def special(self, index, header, payload):
        """8: entries that speak of the ledger itself. Their payloads are canonical and small."""
        kind = (header["stream"], header["type"])
        if kind not in (("key", "KeyActivated"), ("key", "KeyRetired"), ("segment", "SegmentSealed"),
                        ("segment", "LedgerRecovered"), ("segment", "TPMAnchored")):
            return
        require(len(payload) <= MAX_STATEMENT, "payload", f"payload of {header['type']} is too large")
        value = canonical_read(payload)
        require(isinstance(value, dict), "payload", f"payload of {header['type']} is not an object")

        def text(name, limit):
            member = value.get(name)
            require(isinstance(member, str) and len(member.encode("utf-8")) <= limit, "payload",
                    f"{header['type']}: {name} is out of rule")
            return member

        def integer(name):
            require(_is_size(value.get(name)), "payload", f"{header['type']}: {name} is out of rule")
            return value[name]

        if header["type"] == "KeyActivated":
            announcement = (text("use", 64), text("algorithm", 64), text("name", 512),
                            text("keyId", 16), text("publicKey", MAX_PUBLIC_KEY_TEXT),
                            integer("fromSize"),
                            text("sealCounter", COUNTER_NAME_TEXT) if "sealCounter" in value else None)
            require(announcement in {key.announcement() for key in self.generation.keys}, "key",
                    f"key {announcement[3]} is announced but not in the trust file")
            self.activated.append(announcement)
        elif header["type"] == "KeyRetired":
            retirement = (text("use", 64), text("keyId", 16), integer("untilSize"))
            require(retirement in self.ends(), "key",
                    f"key {retirement[1]} is retired at another size than the trust file says")
            self.retired.append(retirement)
        elif header["type"] == "LedgerRecovered":
            self.recovered(text, integer)
        elif header["type"] == "TPMAnchored":
            self.anchored(index, text, integer, text("reason", 512) if "reason" in value else None)
        else:
            number, digest = integer("segment"), text("manifestHash", 64)
            require(HEX32.fullmatch(digest), "payload", "manifestHash is not 32 bytes in hex")
            require(number < self.holder, "segmentSealed", f"segment {number} is not before this one")
            self.check_seal_gaps({number})
            known = self.manifests.get(number)
            require(known is not None, "segmentSealed", f"segment {number} has no manifest here")
            require(digest == known.hex(), "segmentSealed",
                    f"segment {number}: the manifest is not the one that was sealed")

    def recovered(self, text, integer):
        """9.2: the generation goes on where the one before ends."""
        ended, size, known = integer("ended"), integer("size"), integer("knownSize")
        root, known_root = text("root", 64), text("knownRoot", 64)
        reason = text("reason", 512)
        attest, signature = text("certifyAttest", 1368), text("certifySignature", 344)
        require(HEX32.fullmatch(root) and HEX32.fullmatch(known_root), "payload", "a root is not 32 bytes in hex")
        require((ended, size, bytes.fromhex(root)) == self.ended and size >= 1, "recovery",
                "it does not go on where the generation before ends")
        require(known > size or (known, known_root) == (size, root), "recovery", "knownSize is out of rule")
        keys = [key for key in self.generation.keys if key.use == "attestation"]
        if keys:
            statement = "".join(f"{line}\n" for line in (
                "chancery/recovered/v1", ended, known, known_root, size, root))
            part = read_statement({"attest": attest, "signature": signature}, "certify")
            require(part.attest.extra_data == sha256(statement.encode()), "recovery",
                    "the TPM certified another recovery")
            require(any(bytes.fromhex(key.seal_counter) == part.attest.content[0] and key.verify(
                utils.encode_dss_signature(part.r, part.s), part.attest.bytes) for key in keys),
                "recovery", "no attestation key certified the recovery")
        self.notes.append(f"generation {ended} ended at size {size}, {known - size} signed entries lost: {reason}")

    def anchored(self, index, text, integer, reason):
        """9.3: how far the tree had grown when the TPM's anchor stood where the TPM says."""
        size, root, occasion = integer("size"), text("root", 64), text("occasion", 16)
        attest, signature = text("certifyAttest", 1368), text("certifySignature", 344)
        require(HEX32.fullmatch(root), "payload", "root is not 32 bytes in hex")
        require(occasion in ("START", "RUNNING", "STOP"), "payload", "occasion is out of rule")
        require(reason is None or (reason and occasion == "START"), "payload", "reason is out of rule")
        require(size <= index, "payload", "size is beyond the entry")
        known = sha256() if size == 0 else self.recent_roots.get(size)
        if known is None and self.forgot_roots and size < next(iter(self.recent_roots)):
            self.not_checked.append(f"root that the anchor at entry {index} tells of")
        else:
            require(known == bytes.fromhex(root), "anchor", f"its root is not that of a boundary of size {size}")
        if reason:
            self.notes.append(f"entry {index}: a directory that was not the newest went on: {reason}")
        keys = [key for key in self.generation.keys if key.use == "attestation"]
        if not keys:
            return
        lines = ("chancery/anchored/v1", self.generation.origin, size, root, occasion, reason or "")
        part = read_statement({"attest": attest, "signature": signature}, "certify")
        require(part.attest.extra_data == sha256("".join(f"{line}\n" for line in lines).encode()), "anchor",
                "the TPM certified another tree")
        signer = next((key for key in keys if key.covers(size) and key.verify(
            utils.encode_dss_signature(part.r, part.s), part.attest.bytes)), None)
        require(signer is not None, "anchor", "no attestation key certified the anchor")
        name, counter = part.attest.content[0], part.attest.content[1]
        require(all(bytes.fromhex(key.seal_counter) != name for key in keys), "anchor", "it is the seal counter")
        before = self.anchors.get(signer.key_id)
        if before is not None:
            require(name == before[0], "anchor", "it is another counter than for the anchor before")
            require(counter > before[1], "anchor", "the anchor did not go up")
            require(part.attest.clock >= before[2], "anchor", "the TPM's time went back")
        self.anchors[signer.key_id] = (name, counter, part.attest.clock)

    def ends(self):
        return {(key.use, key.key_id, key.until_size) for key in self.generation.keys
                if key.until_size is not None}

    def subject_heads_root(self):
        frontier = Frontier()
        for (tag, stream), (last, version) in sorted(self.heads.items()):
            frontier.append(leaf_hash(canonical_write([tag.hex(), stream.decode(), last, version])))
        return frontier.root()

    def check_keys(self):
        """8: what the trust file lists, the ledger announced; the other way round was checked before."""
        for key in self.generation.keys:
            require(key.announcement() in self.activated, "key",
                    f"key {key.key_id} of the trust file is not announced in the ledger")
        require(self.ends() == set(self.retired), "key",
                "a key that the trust file ends is not retired in the ledger")


def file_hash(path):
    h, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            h.update(block)
            size += len(block)
    return h.hexdigest(), size


def verify_directory(directory, trust):
    segments, manifests, logs = {}, {}, {}
    for name in sorted(os.listdir(directory)):
        match = FILE.fullmatch(name)
        if match:
            (segments if match[2] == "sqlite" else manifests)[int(match[1])] = \
                os.path.join(directory, name)
        elif LOG.fullmatch(name):
            logs[int(LOG.fullmatch(name)[1])] = name
        else:
            require(not (name.endswith(".sqlite") or name.endswith(".manifest")), "fileName",
                    f"{name} is not the name of a segment file or manifest")
    require(segments, "noSegments", "no segment files here")
    for number in manifests:
        require(number in segments, "missing", f"segment {number} has a manifest but no file")
    for number, name in logs.items():
        require(number in segments, "missing", f"{name} is here, its segment is not")
    ledger, open_seen, final = Ledger(trust), None, None
    for expected, number in enumerate(sorted(segments), start=1):
        try:
            require(number == expected, "missing", f"segment {expected} is missing")
            manifest = None
            if number in manifests:
                require(open_seen is None, "missing",
                        f"segment {open_seen} is unsealed, yet a later one is sealed")
                manifest = read_manifest(manifests[number])
            else:
                open_seen = open_seen or number
            if final is not None:
                ledger.not_checked.append(f"the seal of segment {final}: no manifest yet")
            is_final = ledger.segment(number, segments[number], manifest)
            final = number if is_final and manifest is None else None
        except Invalid as failure:
            failure.segment = failure.segment or (expected if number != expected else number)
            raise
    ledger.finish(final)
    return {
        "ok": True, "notChecked": ledger.not_checked, "notes": ledger.notes, "entries": ledger.total, "segments": len(segments), "sealed": len(manifests),
        "generation": ledger.generation.number, "origin": ledger.generation.origin,
        "treeSize": ledger.frontier.size, "root": ledger.frontier.root().hex(),
        "signedSize": ledger.signed_size,
        "unsignedTail": ledger.frontier.size - ledger.signed_size,
        "liveTail": ledger.frontier.size - ledger.sealed_size,
    }


# 7. Receipts

def verify_receipt(path, trust, header_path=None, signature_path=None):
    with open(path, "rb") as file:
        data = file.read(MAX_PROOF + 1)
    given = None
    if header_path is not None:
        with open(header_path, "rb") as file:
            given = file.read(MAX_HEADER + 1)
    result = check_receipt(data, trust, given)
    if signature_path is not None:
        with open(signature_path, "rb") as file:
            jws = file.read(MAX_RECEIPT_SIGNATURE + 1)
        generation = int(result["origin"].rpartition("/g")[2])
        result["signer"] = check_signature(jws, data, trust, generation, result["treeSize"])
    return result


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def base64url_strict(text):
    data = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    require(base64url(data) == text, "receiptSignature", "not base64url in its one form")
    return data


def check_signature(jws, receipt, trust, generation, size):
    """7.1: a detached JWS, by a receipt key of the receipt's generation or a later one."""
    return check_jws(jws, receipt, "chancery-receipt", lambda key_id: [
        key for number, listed in trust.items() if number >= generation for key in listed.keys
        if key.use == "receipt" and key.key_id == key_id
        and (number > generation or key.covers(size))])


def check_jws(jws, content, kind, keys_named):
    require(len(jws) <= MAX_RECEIPT_SIGNATURE, "receiptSignature", "signature too large")
    parts = jws.removesuffix(b"\n").split(b".")
    require(len(parts) == 3 and parts[1] == b"", "receiptSignature", "not a detached JWS")
    try:
        header, value = base64url_strict(parts[0]), base64url_strict(parts[2])
    except (binascii.Error, ValueError):
        raise Invalid("receiptSignature", "not base64url")
    match = re.fullmatch(
        rb'\{"alg":"ES384","kid":"([0-9a-f]{16})","typ":"([a-z-]+)"\}', header)
    require(match is not None and match[2].decode() == kind, "receiptSignature",
            f"not a signature of a {kind}")
    require(match is not None and len(value) == 96, "receiptSignature", "header or length")
    key_id = match[1].decode()
    keys = keys_named(key_id)
    require(keys, "receiptSignature", f"no receipt key {key_id} is trusted here")
    signature = utils.encode_dss_signature(
        int.from_bytes(value[:48], "big"), int.from_bytes(value[48:], "big"))
    message = parts[0] + b"." + base64url(content)
    require(any(key.verify(signature, message) for key in keys), "receiptSignature",
            f"the signature by key {key_id} is bad")
    return key_id


def check_receipt(data, trust, given=None):
    require(len(data) <= MAX_PROOF, "receipt", "receipt too large")
    head, blank, note = data.partition(b"\n\n")
    require(blank == b"\n\n", "receipt", "no blank line before the checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeError:
        raise Invalid("receipt", "not ASCII before the checkpoint")
    require(lines.pop(0) == "c2sp.org/tlog-proof@v1", "receipt", "not a c2sp.org/tlog-proof@v1")
    header_bytes = None
    if lines and lines[0].startswith("extra "):
        header_bytes = base64_strict(lines.pop(0)[len("extra "):])
        require(header_bytes, "receipt", "an empty extra line")
    if given is not None:
        require(header_bytes in (None, given), "receipt", "the receipt carries another header")
        header_bytes = given
    require(header_bytes is not None, "receipt", "no extra line with the header: give --header FILE")
    require(lines and lines[0].startswith("index "), "receipt", "no index line")
    index = decimal(lines.pop(0)[len("index "):], "index")
    require(len(lines) <= MAX_PROOF_HASHES, "receipt", "too many hashes")
    proof = [base64_strict(line) for line in lines]
    require(all(len(value) == 32 for value in proof), "receipt", "a hash is not 32 bytes")
    header = read_header(header_bytes)
    require(header["index"] == index, "index", f"header says index {header['index']}")
    require(header["generation"] in trust, "trust",
            f"generation {header['generation']} is not in the trust file")
    checkpoint = open_checkpoint(note, trust[header["generation"]])
    require(included(leaf_hash(header_bytes), index, checkpoint.size, proof, checkpoint.root),
            "inclusion", "the entry is not in the checkpoint's tree")
    return {"ok": True, "index": index, "treeSize": checkpoint.size, "root": checkpoint.root.hex(),
            "origin": checkpoint.origin, "leafHash": leaf_hash(header_bytes).hex()}


# 9.11 Evidence of one subject

SUBJECT_MEMBERS = {"attributedData", "checks", "entries", "format", "heads", "subject"}
MAX_SUBJECT = 64 << 20


def verify_subject(path, trust):
    with open(path, "rb") as file:
        data = file.read(MAX_SUBJECT + 1)
    require(len(data) <= MAX_SUBJECT, "subject", "document too large")
    document = canonical_read(data)
    require(isinstance(document, dict) and set(document) == SUBJECT_MEMBERS
            and document["format"] == "chancery-subject/1", "subject", "not a chancery-subject/1")
    subject, newest, position, headers, hashes = document["subject"], {}, (0, 0), [], {}
    for entry in document["entries"]:
        header_bytes, payload, receipt = (
            base64_strict(entry[name]) for name in ("header", "payload", "receipt"))
        header = read_header(header_bytes)
        require(header["subject"] == subject and header["stream"] != "audit", "subject",
                "an entry is not of this subject's history")
        require(payload_hash(payload).hex() == header["payloadHash"], "payloadHash",
                "a payload is not the one its header commits to")
        require((header["generation"], header["index"]) > position or not headers, "subject",
                "entries are out of order")
        position = (header["generation"], header["index"])
        stream = (header["generation"], header["stream"])
        before = newest.get(stream, (0, None))
        require((header["subjectVersion"], header["subjectPrevious"]) == (before[0] + 1, before[1]),
                "subject", f"entry {header['index']} does not follow the one before in its stream")
        newest[stream] = (header["subjectVersion"], header["index"])
        check_receipt(receipt, trust, header_bytes)
        headers.append(header)
        if header["type"] == "ProvenanceRecorded":
            value = json.loads(payload)
            if "attributedDataHash" in value:
                hashes.setdefault(value["provenanceId"], value["attributedDataHash"])
    result = {"ok": True, "entries": len(headers), "openedRecords": 0}
    for opened in document["attributedData"]:
        salt, content = base64_strict(opened["salt"]), base64_strict(opened["data"])
        digest = sha256(b"chancery/attributed-data/v1\n", salt, content).hex()
        require(len(salt) == 16 and hashes.get(opened["provenanceId"]) == digest, "subjectData",
                "what was opened is not what a record tells of")
        result["openedRecords"] += 1
    if document["heads"] is None:
        result["notChecked"] = ["that nothing was left out"]
        return result
    return result | check_subject_heads(document["heads"], subject, headers, trust)


def check_subject_heads(heads, subject, headers, trust):
    manifest = manifest_of(base64_strict(heads["manifest"]))
    body = manifest.body
    require(body["generation"] in trust, "trust", "the manifest's generation is not trusted")
    later = [trust[number] for number in sorted(trust) if number > body["generation"]]
    check_manifest_signature(body, manifest.signature, trust[body["generation"]], later)
    check_attestation(manifest, trust[body["generation"]], later)
    root, count, leaves = bytes.fromhex(body["subjectHeadsRoot"]), heads["count"], heads["leaves"]
    order = [(leaf["place"], leaf["tag"], leaf["stream"]) for leaf in leaves]
    require(order == sorted(order) and [place for place, _, _ in order]
            == list(range(order[0][0], order[0][0] + len(order)) if order else []),
            "subjectHeads", "heads do not stand side by side")
    sealed = {}
    for leaf in leaves:
        text = canonical_write([leaf["tag"], leaf["stream"], leaf["lastIndex"], leaf["version"]])
        require(included(leaf_hash(text), leaf["place"], count,
                         [bytes.fromhex(value) for value in leaf["proof"]], root),
                "subjectHeads", "a head is not in the tree that was sealed")
        if leaf["tag"] == subject:
            sealed[leaf["stream"]] = (leaf["lastIndex"], leaf["version"])
    if leaves:
        require(leaves[0]["place"] == 0 or leaves[0]["tag"] < subject, "subjectHeads",
                "the neighbour before is missing")
        require(leaves[-1]["place"] == count - 1 or subject < leaves[-1]["tag"], "subjectHeads",
                "the neighbour behind is missing")
    else:
        require(count == 0 and root == sha256(), "subjectHeads", "there are none")
    here = {header["stream"]: (header["index"], header["subjectVersion"]) for header in headers
            if header["generation"] == body["generation"] and header["index"] < body["treeSize"]}
    audits = sealed.pop("audit", (0, 0))[1]
    require(here == sealed, "subjectMissing", "an entry that was sealed is not here")
    found = {"segment": body["segment"], "treeSize": body["treeSize"], "auditEntries": audits}
    if any(number < body["generation"] for number in trust):
        found["notChecked"] = [
            f"generations before {body['generation']}: nothing pins their entries here"]
    return found


# 9.14 Certificate of an erasure

MAX_CERTIFICATE = 12 << 20


def verify_certificate(path, trust):
    with open(path, "rb") as file:
        data = file.read(MAX_CERTIFICATE + MAX_RECEIPT_SIGNATURE + 1)
    require(len(data) <= MAX_CERTIFICATE + MAX_RECEIPT_SIGNATURE, "certificate", "too large")
    try:
        return check_certificate(canonical_read(data), trust)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Invalid("certificate", f"a member is missing, or not what it should be: {error!r}")


def check_certificate(document, trust):
    require(isinstance(document, dict) and set(document) == {"certificate", "signature"},
            "certificate", "not a certificate with its signature")
    body = document["certificate"]
    require(isinstance(body, dict) and body.get("format") == "chancery-erasure/1", "certificate",
            "not a chancery-erasure/1")
    said = erasure_statement(body["entries"], trust, body["origin"].rpartition("/g")[0])
    for name, value in said.items():
        require(body[name] == value, "certificate", f"{name} is not what the entries say")
    require(set(body) == set(said) | {"entries", "escrow", "format", "generation", "issuedAt",
                                      "origin"}, "certificate", "members of another format")
    check_escrow(body["escrow"])
    time_value(body["issuedAt"])
    generation = trust.get(body["generation"])
    require(generation is not None and generation.origin == body["origin"], "trust",
            "the certificate's log is not the trust file's")
    jws = document["signature"].encode()
    require(not jws.endswith(b"\n"), "certificate", "a newline in the signature")
    signer = check_jws(jws, canonical_write(body), "chancery-erasure", lambda key_id: [
        key for key in generation.keys if key.use == "receipt" and key.key_id == key_id])
    return {"ok": True, "signer": signer} | said


def check_escrow(escrow):
    if escrow is None:
        return
    require(set(escrow) == {"destroyed", "lastDestroyedAt", "remaining"}, "certificate", "escrow")
    if escrow["lastDestroyedAt"] is not None:
        time_value(escrow["lastDestroyedAt"])
    for left in escrow["remaining"]:
        require(set(left) == {"epoch", "issuedAt", "until"} and left["until"] == "DESTROYED",
                "certificate", "escrow")
        time_value(left["issuedAt"])


def erasure_statement(entries, trust, name):
    """What the entries say, each proved by its receipt."""
    order = last = end = subject = None
    exceptions, recipients, omitted = set(), [], 0
    for entry in entries:
        header_bytes, payload, receipt = (
            base64_strict(entry[member]) for member in ("header", "payload", "receipt"))
        header, value = read_header(header_bytes), canonical_read(payload)
        require(payload_hash(payload).hex() == header["payloadHash"], "payloadHash",
                "a payload is not the one its header commits to")
        subject = subject or header["subject"]
        require(end is None and header["stream"] == "dsr" and header["subject"] == subject,
                "certificate", "an entry is not of this subject's requests")
        proof = check_receipt(receipt, trust, header_bytes)
        require(proof["origin"].rpartition("/g")[0] == name, "certificate", "of another log")
        if last is not None:
            require((header["generation"], header["index"]) > (last["generation"], last["index"]),
                    "certificate", "entries are out of order")
        if order is not None:
            follows = ((last["subjectVersion"] + 1, last["index"])
                       if header["generation"] == last["generation"] else (1, None))
            require((header["subjectVersion"], header["subjectPrevious"]) == follows,
                    "certificate", "an entry is missing")
        kind = header["type"]
        if kind == "DSRCompleted" and order is None:
            require(value["outcome"] == "PARTIALLY_COMPLETED", "certificate", "no answer in part")
            exceptions |= set(value["reasons"])
        elif kind == "ErasureOrdered" and order is None:
            order = header
        elif kind == "RecipientNoticeQueued" and order is not None:
            require(value["requestId"] == order["id"] and value["recipient"] not in recipients,
                    "certificate", "no notice of this erasure")
            recipients.append(value["recipient"])
            omitted = max(omitted, value.get("omitted", 0))
        elif kind == "SubjectErased" and order is not None:
            ordered = (value.get("orderedGeneration", header["generation"]), value["ordered"])
            require(ordered == (order["generation"], order["index"]), "certificate",
                    "it carries out another order")
            require(value["epochBefore"] <= value["epochAfter"], "certificate", "epochs go back")
            end = value | {"time": header["time"]}
        else:
            require(kind == "RecipientNotified" and order is not None, "certificate",
                    f"{kind} does not belong there")
        last = header
    require(end is not None, "certificate", "it does not end with SubjectErased")
    return {"subject": subject, "epochBefore": end["epochBefore"], "epochAfter": end["epochAfter"],
            "erasedAt": end["time"], "exceptions": sorted(exceptions), "recipients": recipients,
            "omittedRecipients": omitted}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("ledger", nargs="?", help="ledger directory")
    parser.add_argument("--receipt", help="receipt or .tlog-proof file")
    parser.add_argument("--subject", help="document of one subject")
    parser.add_argument("--certificate", help="certificate of an erasure")
    parser.add_argument("--header", help="header bytes, for a proof that does not carry them")
    parser.add_argument("--signature", help="detached JWS that came with the receipt")
    parser.add_argument("--trust", required=True, help="trust file")
    arguments = parser.parse_args()
    given = [arguments.ledger, arguments.receipt, arguments.subject, arguments.certificate]
    if given.count(None) != 3:
        parser.error("give a ledger directory, --receipt FILE, --subject FILE or --certificate FILE")
    try:
        trust = read_trust(arguments.trust)
        if arguments.subject:
            result = verify_subject(arguments.subject, trust)
        elif arguments.certificate:
            result = verify_certificate(arguments.certificate, trust)
        elif arguments.receipt:
            result = verify_receipt(arguments.receipt, trust, arguments.header,
                                    arguments.signature)
        else:
            result = verify_directory(arguments.ledger, trust)
    except Invalid as failure:
        print(json.dumps({"ok": False, "code": failure.code, "segment": failure.segment,
                          "index": failure.index, "reason": failure.reason}))
        return 1
    except OSError as error:
        print(json.dumps({"ok": False, "code": "unreadable", "reason": str(error)}))
        return 2
    print(json.dumps(result))
    return 3 if result.get("notChecked") else 0


if __name__ == "__main__":
    sys.exit(main())
