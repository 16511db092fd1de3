#!/usr/bin/env python3
"""Writes vectors.json: bytes with the verdict that FORMAT.md has on them, found by verify_ledger.py and by the few
lines below, which share no code with Swift. Tests/LedgerVerificationTests/PythonVectorTests.swift holds Swift to it.

    make_vectors.py > vectors.json

Signatures are made anew each time (RSA-PSS is salted); everything else comes out the same.
"""

import base64
import json
import random
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import make_ledger
import verify_ledger as format

GENERATION = {"generation": 1, "origin": make_ledger.ORIGIN}
RANDOM = random.Random(20260101)


def text(data):
    return base64.b64encode(data).decode()


def accepts(check, *arguments):
    try:
        check(*arguments)
        return True
    except format.Invalid:
        return False


def judged(check, samples):
    cases = [{"bytes": text(sample), "accept": accepts(check, sample)} for sample in samples]
    assert any(case["accept"] for case in cases) and not all(case["accept"] for case in cases)
    return cases


def flipped(sample, count):
    """One bit here and there."""
    for _ in range(count):
        at = RANDOM.randrange(len(sample))
        yield sample[:at] + bytes([sample[at] ^ 1 << RANDOM.randrange(8)]) + sample[at + 1:]


# 1. Canonical JSON

def canonical_json():
    names = ["", "a", "A", "aa", "\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33", "\u007f", "z/"]
    samples = [
        format.canonical_write(value) for value in (
            None, True, False, 0, 1, 2**53 - 1, "", "/", "\"\\\b\t\n\f\r\u0000\u001f\u007f", "\u2028\ud7ff\U0010ffff",
            [], {}, [[], {}, None], {name: position for position, name in enumerate(names)},
            {"b": {"d": [1, {"e": "x"}], "c": None}, "a": ["y"]})]
    nested = b"[" * 16 + b"]" * 16
    samples += [nested, b"[" + nested + b"]", b'{"a":' * 16 + b"0" + b"}" * 16,
                b'{"a":' * 17 + b"0" + b"}" * 17, b"", b" null", b"null\n", b"-1", b"-0", b"1.0", b"1e3", b"01",
                b"9007199254740992", b"18446744073709551616", b"NaN", b"Infinity", b"[1,]", b"[1, 2]",
                b'{"a":1,"a":1}', b'{"b":1,"a":2}', b'{"\xef\xac\xb3":0,"\xf0\x9f\x98\x80":1}', b'"\\/"', b'"\\u0041"',
                b'"\\u001F"', b'"\\u0008"', b'"\\ud83d\\ude00"', b'"\x01"', b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\x80"',
                b"\xef\xbb\xbfnull", b'{"a":tru}', b"nul", b'"a']
    for sample in samples[:15]:
        samples += flipped(sample, 6)
    return judged(format.canonical_read, samples)


# 2. Headers, labels, times

def headers(writer_rows):
    samples = [row[1] for row in writer_rows]
    first = samples[5]
    changes = [(b'"format":1', b'"format":2'), (b'"format":1', b'"format":01'), (b'"generation":1', b'"generation":0'),
               (b'"label":"s1/i1"', b'"label":"s4/i1"'), (b'"label":"s1/i1"', b'"label":"s1:c1,c2,c3/i1"'),
               (b'"label":"s1/i1"', b'"label":"s1:c1.c3,c7/i2;a,b"'), (b'"actor":"vectors"', b'"actor":""'),
               (b'"actor":"vectors"', b'"actor":"v\\u0041"'), (b'"actor":"vectors"', b'"actor":"a.b_c:d-9"'),
               (b"-7000-8000-", b"-4000-8000-"), (b"-7000-8000-", b"-7000-c000-"), (b'"stream":"', b'"stream":"x'),
               (b'"type":"', b'"type":"x'), (b".0", b".A"), (b"T", b"t"), (b"Z", b"z"), (b'"previous":"', b'"previous":"A'),
               (b'"subjectVersion":1', b'"subjectVersion":0'), (b'"subjectPrevious":null', b'"subjectPrevious":0'),
               (b"{", b"{ "), (b"}", b"}\n"), (b",", b", ")]
    samples += [first.replace(old, new, 1) for old, new in changes]
    for sample in samples[:6]:
        samples += flipped(sample, 12)
    cases = judged(format.read_header, samples)
    for case, sample in zip(cases, samples):
        if case["accept"]:
            case["leafHash"] = format.leaf_hash(sample).hex()
            case["payloadHash"] = format.read_header(sample)["payloadHash"]
    return cases


def labels():
    samples = ["s0/i0", "s3/i2", "s4/i0", "s1/i3", "s1", "s1/i1;", "s1:/i1", "s1:c0/i1", "s1:c0,c1/i1", "s1:c0.c1/i1",
               "s1:c0.c2/i1", "s1:c0,c1,c2/i1", "s1:c0.c2,c3/i1", "s1:c0.c2,c4/i1", "s1:c4,c0/i1", "s1:c0,c0/i1",
               "s1:c1023/i1", "s1:c1024/i1", "s1:c01/i1", "s1:c0.c1023/i0", "s1/i1;a", "s1/i1;b,a", "s1/i1;a,a",
               "s1/i1;A", "s1/i1;a,b-9", "s1/i1;" + "a" * 32, "s1/i1;" + "a" * 33, " s1/i1", "s1/i1 ", "S1/i1"]
    return [{"text": sample, "accept": accepts(format.check_label, sample)} for sample in samples]


def times():
    samples = ["1970-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "2024-02-29T00:00:00.000000Z",
               "2023-02-29T00:00:00.000000Z", "2000-02-29T12:00:00.000001Z", "1900-02-28T00:00:00.000000Z",
               "2026-13-01T00:00:00.000000Z", "2026-00-01T00:00:00.000000Z", "2026-04-31T00:00:00.000000Z",
               "2026-01-01T24:00:00.000000Z", "2026-01-01T23:60:00.000000Z", "2026-01-01T23:59:60.000000Z",
               "1969-12-31T23:59:59.999999Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000+00:00",
               "2026-1-01T00:00:00.000000Z", "\u0662026-01-01T00:00:00.000000Z"]
    return [{"text": sample, "accept": accepts(format.time_value, sample)} for sample in samples]


# 3. Trees (RFC 6962 section 2.1, as written there)

LEAVES = [format.leaf_hash(str(number).encode()) for number in range(70)]


def split(count):
    return 1 << (count - 1).bit_length() - 1


def mth(leaves):
    if len(leaves) <= 1:
        return leaves[0] if leaves else format.sha256()
    k = split(len(leaves))
    return format.node_hash(mth(leaves[:k]), mth(leaves[k:]))


def path(index, leaves):
    if len(leaves) <= 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path(index, leaves[:k]) + [mth(leaves[k:])]
    return path(index - k, leaves[k:]) + [mth(leaves[:k])]


def subproof(old, leaves, is_whole):
    if old == len(leaves):
        return [] if is_whole else [mth(leaves)]
    k = split(len(leaves))
    if old <= k:
        return subproof(old, leaves[:k], is_whole) + [mth(leaves[k:])]
    return subproof(old - k, leaves[k:], False) + [mth(leaves[:k])]


def trees():
    sizes = (1, 2, 3, 5, 8, 13, 31, 64, 70)
    return {
        "roots": [mth(LEAVES[:size]).hex() for size in range(len(LEAVES) + 1)],
        "inclusion": [{"index": index, "size": size, "hashes": [part.hex() for part in path(index, LEAVES[:size])]}
                      for size in sizes for index in sorted({0, size // 2, size - 1})],
        "consistency": [{"from": old, "to": size,
                         "hashes": [part.hex() for part in subproof(old, LEAVES[:size], True)]}
                        for size in sizes for old in sorted({1, size // 2, size - 1, size}) if 0 < old <= size]}


def heads():
    table = {}
    for number in range(40):
        tag = format.sha256(bytes([number // 3]))[:16]
        stream = ("contact", "consent", "provenance", "sharing", "dsr", "audit", "policy")[number % 7]
        table[(tag, stream.encode())] = (number * 1000, number + 1)
    frontier = format.Frontier()
    for (tag, stream), (last, version) in sorted(table.items()):
        frontier.append(format.leaf_hash(format.canonical_write([tag.hex(), stream.decode(), last, version])))
    return {"root": frontier.root().hex(),
            "heads": [{"tag": tag.hex(), "stream": stream.decode(), "lastIndex": last, "version": version}
                      for (tag, stream), (last, version) in table.items()]}


# 4. Notes

def notes(keys):
    """Group and published checkpoints of one generation."""
    root = mth(LEAVES[:7])
    good = keys.checkpoint(7, root)
    body, _, line = good.partition(b"\n\n")
    body, line = body + b"\n", line
    tpm = ec.generate_private_key(ec.SECP256R1())
    spki = tpm.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    trust = {"format": "chancery-trust/1", "generations": [{**GENERATION, "keys": keys.trusted + [
        {"use": "checkpoint", "algorithm": "ECDSA-P256-SHA256", "name": "tpm.localhost",
         "keyId": format.sha256(spki)[:4].hex(), "publicKey": text(spki), "fromSize": 3, "untilSize": 9}]}]}

    def p256(message):
        value = tpm.sign(message, ec.ECDSA(hashes.SHA256()))
        return f"\u2014 tpm.localhost {text(format.sha256(spki)[:4] + value)}\n".encode()

    stranger = f"\u2014 witness.example {text(bytes(range(68)))}\n".encode()
    namesake = f"\u2014 {make_ledger.ORIGIN} {text(bytes(68))}\n".encode()
    signature = base64.b64decode(line.split(b" ")[2])
    wrong = f"\u2014 {make_ledger.ORIGIN} {text(signature[:-1] + bytes([signature[-1] ^ 1]))}\n".encode()
    late = f"{make_ledger.ORIGIN}\n10\n{text(root)}\n".encode()
    samples = [good, body + b"\n" + line + stranger, body + b"\n" + stranger + line, body + b"\n" + namesake + line,
               body + b"\n" + line + line, body + b"\n" + wrong, body + b"\n" + wrong + p256(body),
               body + b"\n" + p256(body), body + b"\n" + p256(body) + line, body + b"\n" + p256(late),
               late + b"\n" + p256(late), body + b"\n" + stranger, body + b"\n" + p256(body) + p256(body),
               body + b"\n" + stranger * 64, body + b"\n" + line + stranger * 63, body + b"\n" + line + stranger * 64,
               good + b"\n", good[:-1], good.replace(b"\n7\n", b"\n07\n"), good.replace(b"\n7\n", b"\n8\n"),
               body + b"extension\n\n" + line, good.replace(b"\xe2\x80\x94", b"-"),
               body + b"\n" + line + stranger.replace(b"witness", b"wit ness"),
               body + b"\n" + line + stranger.replace(b"witness", b"wit+ness"),
               body + b"\n" + line + stranger.replace(b"witness", "wïtness".encode())]
    samples += flipped(good, 40)
    generation = format.Generation(trust["generations"][0])
    cases = []
    for sample in samples:
        cases.append({
            "bytes": text(sample),
            "accept": accepts(format.open_checkpoint, sample, generation),
            "acceptForGroup": accepts(format.open_checkpoint, sample, generation, True)})
    return {"trust": json.dumps(trust), "cases": cases}


# 5.3, 7, 8. Manifests, receipts, trust files

def body(**changes):
    value = {"count": 3, "fileHash": "11" * 32, "fileSize": 4096, "firstIndex": 5, "firstLeafHash": "22" * 32,
             "format": 1, "generation": 1, "lastLeafHash": "33" * 32, "origin": make_ledger.ORIGIN,
             "previousManifestHash": "44" * 32, "root": "55" * 32, "sealedAt": "2026-01-02T03:04:05.000006Z",
             "segment": 2, "subjectHeadsRoot": "66" * 32, "treeSize": 8}
    value.update(changes)
    return value


def manifests(keys):
    good = keys.manifest(body())
    samples = [good, keys.manifest(body(segment=1, previousManifestHash=None)), good + b"\n", b" " + good]
    samples += [keys.manifest(body(**change)) for change in (
        {"count": 0, "treeSize": 5}, {"treeSize": 9}, {"segment": 0}, {"segment": 1}, {"segment": 100000000},
        {"previousManifestHash": None}, {"generation": 2}, {"origin": "x"}, {"format": 2}, {"fileSize": 0},
        {"fileHash": "A1" * 32}, {"root": "55" * 31}, {"sealedAt": "2026-02-30T00:00:00.000000Z"}, {"extra": 1},
        {"count": 2**53 - 1, "treeSize": 2**53 + 4})]
    samples.append(good.replace(b'"none"', b'"some"'))
    samples += flipped(good, 30)
    generation = format.Generation({**GENERATION, "keys": keys.trusted})

    def check(data):
        manifest = format.manifest_of(data)
        format.check_manifest_signature(manifest.body, manifest.signature, generation)
        format.check_attestation(manifest, generation)
    return {"spki": keys.trusted[1]["publicKey"], "cases": judged(check, samples)}


# 5.4 Attestations

def attested_manifests(keys):
    tpm = make_ledger.TPM(7)
    good = tpm.attest(body())
    signed = json.loads(keys.manifest(body()))

    def with_(attestation):
        return format.canonical_write({**signed, "attestation": attestation})

    def statement(kind, attest=None, signature=None):
        part = {name: base64.b64decode(value) for name, value in good[kind].items()}
        part["attest"] = attest(part["attest"]) if attest else part["attest"]
        part["signature"] = signature(part["signature"]) if signature else part["signature"]
        return with_({**good, kind: {name: text(value) for name, value in part.items()}})

    def registers(change):
        pcrs = [dict(pcr) for pcr in good["pcrs"]]
        change(pcrs)
        return with_({**good, "pcrs": pcrs})

    def short(data):
        """A number that begins with zeros, written without them."""
        r = data[6:38].lstrip(b"\x00")
        return data[:4] + make_ledger.sized(r) + data[38:]

    while short(base64.b64decode(good["quote"]["signature"])) == base64.b64decode(good["quote"]["signature"]):
        good["quote"] = tpm.attest(body())["quote"]
    samples = [
        with_(good), statement("quote", signature=short), with_("none"), with_({}), with_(None), with_([good]),
        with_({**good, "more": 1}), with_({**good, "keyId": "00" * 8}), with_({**good, "keyId": good["keyId"].upper()}),
        with_({**good, "certify": good["quote"], "quote": good["certify"]}), with_({**good, "quote": good["certify"]}),
        with_({**good, "certify": tpm.attest(body(count=4, treeSize=9))["certify"]}),
        with_({**good, "quote": tpm.attest(body(count=4, treeSize=9))["quote"]}),
        with_(make_ledger.TPM(8).attest(body())), with_({**make_ledger.TPM(8).attest(body()), "keyId": good["keyId"]}),
        statement("quote", attest=lambda data: data + b"\x00"), statement("quote", attest=lambda data: data[:-1]),
        statement("quote", attest=lambda data: data + bytes(1024)), statement("quote", attest=lambda data: b""),
        statement("certify", signature=lambda data: data + b"\x00"),
        statement("certify", signature=lambda data: data[:-1]),
        statement("certify", signature=lambda data: data[:4] + b"\x00\x00" + data[38:]),
        statement("certify", signature=lambda data: data[:4] + make_ledger.sized(bytes(32)) * 2),
        registers(lambda pcrs: pcrs.reverse()), registers(lambda pcrs: pcrs.clear()), registers(lambda pcrs: pcrs.pop()),
        registers(lambda pcrs: pcrs[0].update(value="00" * 32)), registers(lambda pcrs: pcrs[0].update(index=1)),
        registers(lambda pcrs: pcrs[-1].update(index=24)), registers(lambda pcrs: pcrs.append({**pcrs[-1], "index": 20})),
        registers(lambda pcrs: pcrs.append(pcrs[-1])), registers(lambda pcrs: pcrs[0].update(value="00" * 31))]

    # What a TPM may say, signed well: every field of every statement.
    def resigned(kind, change):
        data = bytearray(base64.b64decode(good[kind]["attest"]))
        change(data)
        r, s = make_ledger.utils.decode_dss_signature(tpm.key.sign(bytes(data), ec.ECDSA(hashes.SHA256())))
        part = b"\x00\x18\x00\x0b" + b"".join(make_ledger.sized(n.to_bytes(32, "big")) for n in (r, s))
        return with_({**good, kind: {"attest": text(bytes(data)), "signature": text(part)}})

    for kind in ("certify", "quote"):
        for at in range(len(base64.b64decode(good[kind]["attest"]))):
            samples.append(resigned(kind, lambda data: data.__setitem__(at, data[at] ^ 1)))
    samples += flipped(with_(good), 60)
    trust = {"format": "chancery-trust/1", "generations": [{**GENERATION, "keys": keys.trusted + [tpm.trusted]}]}
    generation = format.Generation(trust["generations"][0])

    def check(data):
        manifest = format.manifest_of(data)
        format.check_manifest_signature(manifest.body, manifest.signature, generation)
        format.check_attestation(manifest, generation)
    return {"trust": json.dumps(trust), "cases": judged(check, samples)}


def receipts(keys, writer_rows):
    rows = [row[1] for row in writer_rows]
    leaves = [format.leaf_hash(row) for row in rows]
    generations = {1: format.Generation({**GENERATION, "keys": keys.trusted})}
    note = keys.checkpoint(len(leaves), mth(leaves))

    def receipt(index, hashes_, extra=None):
        lines = ["c2sp.org/tlog-proof@v1", f"extra {text(rows[index] if extra is None else extra)}", f"index {index}"]
        return ("\n".join(lines + [text(part) for part in hashes_]) + "\n\n").encode() + note
    good = receipt(3, path(3, leaves))
    samples = [good, receipt(0, path(0, leaves)), receipt(len(rows) - 1, path(len(rows) - 1, leaves)),
               receipt(3, path(4, leaves)), receipt(3, path(3, leaves)[:-1]), receipt(3, path(3, leaves) + [leaves[0]]),
               receipt(3, path(3, leaves), rows[4]), receipt(3, [leaves[0]] * 54), good.replace(b"\n", b"\r\n", 1),
               good.replace(b"index 3", b"index 03"), good.replace(b"@v1", b"@v2")]
    samples += flipped(good, 40)
    return {"trust": json.dumps({"format": "chancery-trust/1", "generations": [{**GENERATION, "keys": keys.trusted}]}),
            "cases": judged(lambda data: format.check_receipt(data, generations), samples)}


def trust_files(keys):
    good = json.dumps({"format": "chancery-trust/1", "generations": [
        {**GENERATION, "keys": keys.trusted + [make_ledger.TPM(7).trusted]}]})
    changes = [("chancery-trust/1", "chancery-trust/2"), ('"generation": 1', '"generation": 0'),
               ('"generation": 1', '"generation": 1.0'), ('"generation": 1', '"generation": 1e0'),
               ('"generation": 1', '"generation": true'), ('"fromSize": 0', '"fromSize": -1'),
               ('"fromSize": 0', '"fromSize": 0, "fromSize": 0'), ('"fromSize"', '"\\u0066romSize"'),
               ('"fromSize": 0', '"fromSize": 9007199254740992'), ('"untilSize": null', '"untilSize": 5'),
               (', "untilSize": null', ""), ('"fromSize": 0, "untilSize": null', '"fromSize": 6, "untilSize": 5'),
               ('"origin": "', '"origin": "a b'), ("localhost/g1", "localhost/g2"), ('"Ed25519"', '"Ed448"'),
               ('"use": "checkpoint"', '"use": "segment-manifest"'), ('"keyId": "', '"keyId": "0'),
               ('"KEK-AUDIT"', '"KEK AUDIT"'), ('"KEK-AUDIT"', '"KEK-\u00c4UDIT"'), ('"keys"', '"key"'), ("{", " {\n"),
               ('"sealCounter": "', '"sealCounter": "0'), ('"sealCounter": "000b', '"sealCounter": "000c'),
               ('"sealCounter": "000b', '"sealCounter": "000B'), ('"sealCounter": "000b', '"sealCounter": "'),
               ('"sealCounter": "', '"sealcounter": "'), ('"use": "attestation"', '"use": "checkpoint"'),
               ('"use": "checkpoint"', '"use": "attestation"'), ('"fromSize": 0', '"sealCounter": null, "fromSize": 0'),
               ('"format"', '"more": 1, "format"'), ("]}]}", "]}]} x"), ("]}]}", "]}, {}]}")]
    samples = [good.encode()] + [good.replace(old, new, 1).encode() for old, new in changes]
    samples += [json.dumps({"format": "chancery-trust/1", "generations": []}).encode(), b"", b"[]", b"{}",
                json.dumps({"format": "chancery-trust/1", "generations": [
                    {**GENERATION, "keys": keys.trusted + keys.trusted[:1]}]}).encode(),
                b"[" * 5000]
    return judged(format.trust_of, samples)


def main():
    keys = make_ledger.Keys(7)
    writer = make_ledger.Writer.__new__(make_ledger.Writer)
    writer.keys, writer.random = keys, random.Random(7)
    writer.frontier, writer.previous, writer.time = format.Frontier(), None, make_ledger.START
    writer.heads, writer.rows = {}, []
    subject = writer.random.randbytes(16)
    for number in range(12):
        stream = ("contact", "consent", "audit", "provenance")[number % 4]
        writer.entry(stream, "Vector", writer.data(60), subject if stream != "audit" else None)
    json.dump({
        "canonicalJSON": canonical_json(), "headers": headers(writer.rows), "labels": labels(), "times": times(),
        "tree": trees(), "subjectHeads": heads(), "notes": notes(keys), "manifests": manifests(keys),
        "attestedManifests": attested_manifests(keys),
        "receipts": receipts(keys, writer.rows), "trustFiles": trust_files(keys)}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
