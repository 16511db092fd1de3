"""What schemathesis does not know of the API by itself: who asks what, how NDJSON is written, how requests are signed (RFC 9421), what
belongs together. And what each operation answered, for check_run.py.

The environment has CHANCERY_TOKENS (JSON: role → token, all bound to one client certificate), CHANCERY_CERTIFICATE and
CHANCERY_KEY (that certificate and its key, PEM), CHANCERY_ORIGIN (of the log), CHANCERY_URL and CHANCERY_CA (of the gateway) and
CHANCERY_ANSWERS (the file to write).
"""

import atexit
import base64
import collections
import hashlib
import json
import os
import time
import uuid
from urllib.parse import urlsplit

import requests
import schemathesis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

TOKENS = json.loads(os.environ["CHANCERY_TOKENS"])
ORIGIN = os.environ["CHANCERY_ORIGIN"]


def read(name):
    with open(os.environ[name], "rb") as file:
        return file.read()


KEY = serialization.load_pem_private_key(read("CHANCERY_KEY"), None)
THUMBPRINT = (
    base64.urlsafe_b64encode(
        x509.load_pem_x509_certificate(read("CHANCERY_CERTIFICATE")).fingerprint(hashes.SHA256())
    )
    .rstrip(b"=")
    .decode()
)


@schemathesis.auth(refresh_interval=None)
class Token:
    """That of a role which the operation names; of a vendor where vendors answer; none elsewhere."""

    def get(self, case, context):
        if "callbackToken" in str(context.operation.definition.raw.get("security")):
            # Of no enrichment: those that are to succeed get theirs with it.
            return "vendor-7.1." + "A" * 43
        roles = context.operation.definition.raw.get("x-roles", [])
        return next((TOKENS[role] for role in TOKENS if role in roles), None)

    def set(self, case, data, context):
        if data is not None and data.startswith("vendor-7"):
            case.headers["Callback-Token"] = data
        elif data is not None:
            case.headers["Authorization"] = "Bearer " + data


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    if not isinstance(value, list):
        value = [value]
    return b"".join(json.dumps(line).encode() + b"\n" for line in value)


@schemathesis.deserializer("application/x-ndjson")
def results(context, response):
    return [json.loads(line) for line in response.content.splitlines()]


@schemathesis.serializer("application/cedar")
def policies(context, value):
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Answers may have more members tomorrow; today each of them is described."""
    close(raw_schema["components"]["schemas"])


def close(value):
    if isinstance(value, list):
        for element in value:
            close(element)
    if isinstance(value, dict):
        is_plain = not {"allOf", "oneOf", "$ref"} & value.keys()
        if value.get("type") == "object" and isinstance(value.get("properties"), dict) and is_plain:
            value.setdefault("additionalProperties", False)
        for element in value.values():
            close(element)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Makes what is well formed such that it can be done."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    name = case.operation.definition.raw["operationId"]
    if case.meta.phase.name.value == "stateful":
        # Whatever comes next needs what this answers.
        case.headers.pop("Prefer", None)
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if name == "createContact" and isinstance(case.body, dict):
        case.headers["X-Purpose"] = case.body["purposeCodes"][0]
    if case.meta.phase.name.value != "stateful":
        aim(name, case)
    if any(parameter.name == "Signature" for parameter in case.operation.headers):
        sign(case)


def some(known):
    return known[sum(ANSWERS["all"].values()) % len(known)]


def aim(name, case):
    """At what is there. An erasure is of a contact of its own: the others are still needed."""
    path = case.path_parameters
    if name == "eraseContact":
        path["id"] = contact()
    elif path.get("id") == EXAMPLE:
        path["id"] = some(CONTACTS)
    if name == "revokeConsent" and CONSENTS:
        path["id"], path["cid"] = CONSENTS.pop()
    if name in ("getSharing", "revokeSharing") and SHARINGS:
        path["sharing"] = some(SHARINGS)
    if name == "releaseHold" and HOLDS:
        path["id"], path["hold"] = HOLDS.pop()
    if name in ("getNotices", "getCertificate"):
        path["id"] = some(ERASURES)
    if name == "noteDelivery" and UNTOLD:
        path["id"], path["recipient"] = UNTOLD.pop(), RECIPIENT
    if name == "recordSharing" and isinstance(case.body, dict):
        case.headers["X-Purpose"] = "sales"
        case.body["contactId"] = some(CONTACTS)
        case.body |= {"purpose": "sales", "legalBasis": "GDPR_ART6_1A", "attributes": ["email"]}
    if name.startswith("file") and isinstance(case.body, dict):
        case.body.pop("email", None)
        case.body["contactId"] = some(SUBJECTS)
    if name == "requestEnrichment":
        # One at a time is under way of a contact.
        path["id"] = contact()
        case.headers["X-Purpose"] = "sales"
    if name in ("getEnrichment", "issueCallbacks"):
        path["enrichment"] = some(ENRICHMENTS) if ENRICHMENTS else enrichment()[0]
    if name == "receiveResults" and isinstance(case.body, dict):
        path["enrichment"], email, case.headers["Callback-Token"] = enrichment()
        if case.body.get("email") is not None:
            case.body["email"] = email
    if name in LEADS_ON:
        known = [id for id, request in REQUESTS.items() if LEADS_ON[name](request)]
        path["id"] = some(known) if known else prepared(name)
    if name == "updateContact" and isinstance(case.body, dict):
        # Whoever changes a contact has read it, and an address is one contact's.
        read = ask("GET", f"contacts/{path['id']}", "enrichment-platform", **{"X-Purpose": "sales"})
        case.headers["If-Match"] = read.headers.get("ETag", "*")
        case.body["email"] = f"{uuid.uuid4()}@example.com"


def prepared(name):
    """The id of a new request that the operation leads on, for where chance has left none."""
    kind = "access" if name == "getRequestAnswer" else "restrict"
    file = {"contactId": contact(), "jurisdiction": "DE", "channel": "EMAIL"}
    request = ask("POST", f"dsr/{kind}", "dpo", file).json()
    for step in STEPS_BEFORE.get(name, []):
        body = {"method": "EMAIL_CONFIRMED"} if step == "identity" else {}
        ask("POST", f"dsr/{request['id']}/{step}", "dpo", body).raise_for_status()
    return request["id"]


def enrichment():
    """A new one: its id, its contact's address, and what its vendor answers with."""
    email = f"{uuid.uuid4()}@example.com"
    path = f"contacts/{contact(email)}/enrich"
    response = ask("POST", path, "enrichment-platform", {"vendors": ["vendor-7"]}, **{"X-Purpose": "sales"})
    response.raise_for_status()
    return response.json()["id"], email, response.json()["callbacks"][0]["token"]


def ask(method, path, role, body=None, **headers):
    return requests.request(
        method,
        f"{os.environ['CHANCERY_URL']}/api/v1/{path}",
        headers={"Authorization": "Bearer " + TOKENS[role]} | headers,
        json=body,
        verify=os.environ["CHANCERY_CA"],
        cert=(os.environ["CHANCERY_CERTIFICATE"], os.environ["CHANCERY_KEY"]),
        timeout=30,
    )


def contact(email=None):
    """The id of a new one."""
    response = ask(
        "POST",
        "contacts",
        "enrichment-platform",
        {
            "email": email or f"{uuid.uuid4()}@example.com",
            "fullName": "Jane Doe",
            "consentType": "EXPLICIT_OPT_IN",
            "legalBasis": "GDPR_ART6_1A",
            "purposeCodes": ["sales", "sales_outreach", "marketing"],
            "attributes": [
                {"attributeType": "phone", "value": "1", "confidence": 1, "sourceType": "VENDOR", "sourceIdentity": "vendor-7"}
            ],
        },
        **{"X-Purpose": "sales"},
    )
    response.raise_for_status()
    return response.json()["id"]


def erased():
    """The id of an erasure, of somebody whose data was given to a recipient."""
    person = contact()
    sharing = {
        "contactId": person, "recipient": {"id": RECIPIENT, "name": "Example Ltd"}, "purpose": "sales",
        "legalBasis": "GDPR_ART6_1A", "attributes": ["email"],
    }
    ask("POST", "sharing", "enrichment-platform", sharing, **{"X-Purpose": "sales"}).raise_for_status()
    covered = {
        "@method": "DELETE", "@path": f"/api/v1/contacts/{person}", "authorization": "Bearer " + TOKENS["dpo"],
    }
    response = ask("DELETE", f"contacts/{person}", "dpo", **signature(covered))
    response.raise_for_status()
    return response.json()["erasureId"]


def sign(case):
    token = case.headers.get("Authorization", "")
    path = urlsplit(case.formatted_path).path
    covered = {"@method": case.method, "@path": path}
    if case.operation.body:
        text = case.body.encode() if isinstance(case.body, str) else b""
        digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
        case.headers["Content-Digest"] = covered["content-digest"] = f"sha-256=:{digest}:"
        if "If-Match" in case.headers:
            covered["if-match"] = case.headers["If-Match"]
    else:
        covered["authorization"] = token
    case.headers.update(signature(covered))


def signature(covered):
    names = " ".join(f'"{name}"' for name in covered)
    parameters = (
        f'({names});created={int(time.time())};nonce="{uuid.uuid4()}";keyid="{THUMBPRINT}"'
        f';alg="ecdsa-p256-sha256";tag="{ORIGIN}"'
    )
    base = [f'"{name}": {value}' for name, value in covered.items()]
    base.append(f'"@signature-params": {parameters}')
    der = KEY.sign("\n".join(base).encode(), ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(der)
    raw = base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()
    return {"Signature-Input": f"sig={parameters}", "Signature": f"sig=:{raw}:"}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """What the document has no words for: what is wrong with a line of a bulk request stands in its answer, and return=minimal leaves
    out the body that is described."""
    kind = type(failure).__name__
    is_bulk = case.operation.definition.raw["operationId"] == "applyMutations"
    if is_bulk and kind == "AcceptedNegativeData" and response.status_code == 200:
        return all(json.loads(line)["status"] < 400 for line in response.content.splitlines())
    is_minimal = "preference-applied" in response.headers and not response.content
    return not (is_minimal and kind in ("MissingContentType", "MalformedJson"))


ANSWERS = collections.defaultdict(collections.Counter)
# Data subjects' requests: id → kind, state; and those that a step leads on.
REQUESTS = {}
OPEN = ("RECEIVED", "IDENTITY_VERIFIED", "IN_PROGRESS")
LEADS_ON = {
    "workIdentityRequest": lambda request: request[1] == "RECEIVED",
    "workStartRequest": lambda request: request[1] == "IDENTITY_VERIFIED",
    "workExtendRequest": lambda request: request[1] in OPEN,
    "workCompleteRequest": lambda request: request[1] == "IN_PROGRESS" and "DELETE" not in request[0],
    "workRefuseRequest": lambda request: request[1] in OPEN,
    "workCancelRequest": lambda request: request[1] in OPEN,
    "workLiftRequest": lambda request: request == ("GDPR_ART18_RESTRICT", "COMPLETED"),
    "getRequest": lambda request: True,
    "getRequestAnswer": lambda request: request[1] not in OPEN[:2] and request[0].endswith(("ACCESS", "KNOW", "PORTABILITY")),
    "getRequestEvidence": lambda request: True,
}
# How a request comes to where they lead it on, where that is not its beginning.
BEGUN = ["identity", "start"]
STEPS_BEFORE = {
    "workStartRequest": BEGUN[:1],
    "workCompleteRequest": BEGUN,
    "workLiftRequest": BEGUN + ["complete"],
    "getRequestAnswer": BEGUN,
}
# The id of a contact in the document's examples; those that stand for it, and those who make requests, which may restrict what is done
# with them.
EXAMPLE = "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"
CONTACTS = [contact() for _ in range(4)]
SUBJECTS = [contact() for _ in range(4)]
SHARINGS = []
ENRICHMENTS = []
# (contact, consent), in force.
CONSENTS = []
# (contact, hold), not released.
HOLDS = []
# Who is to be told of these, and of those of them that nobody was told of.
RECIPIENT = "crm-7"
ERASURES = [erased() for _ in range(4)]
UNTOLD = list(ERASURES)


@schemathesis.hook
def after_call(context, case, response):
    name = case.operation.definition.raw["operationId"]
    ANSWERS[name][response.status_code] += 1
    ANSWERS["all"][response.status_code] += 1
    if name.startswith(("file", "work")) and response.status_code in (200, 201):
        request = response.json()
        REQUESTS[request["id"]] = (request["kind"], request["state"])
    if name == "recordSharing" and response.status_code == 201:
        SHARINGS.append(response.json()["id"])
    if name == "requestEnrichment" and response.status_code == 202:
        ENRICHMENTS.append(response.json()["id"])
    if name == "placeHold" and response.status_code == 201:
        HOLDS.append((case.path_parameters["id"], response.json()["id"]))
    if name == "grantConsent" and response.status_code == 201 and response.content:
        CONSENTS.append((response.json()["id"], response.json()["consent"]["id"]))


@atexit.register
def write_answers():
    with open(os.environ["CHANCERY_ANSWERS"], "w", encoding="utf-8") as file:
        json.dump(ANSWERS, file)
