"""The gateway as a client outside sees it: HTTPS with a client certificate, over the forwarded port."""

import http.client
import json
import ssl
from pathlib import Path


class Answer:
    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body

    def json(self) -> dict:
        return json.loads(self.body)


class Gateway:
    """One client: its certificate, its token; a connection that is made anew when it broke."""

    def __init__(self, port: int, authority: Path, identity: Path, token: str) -> None:
        self._port = port
        self._token = token
        self._tls = ssl.create_default_context(cafile=str(authority))
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_3
        self._tls.load_cert_chain(str(identity.with_suffix(".pem")), str(identity.with_suffix(".key")))
        self._connection: http.client.HTTPSConnection | None = None

    def ask(self, method: str, path: str, body: dict | None = None, seconds: float = 120, **headers: str) -> Answer:
        """- Raises: OSError or http.client.HTTPException where the gateway is away, or went away."""
        if self._connection is None:
            self._connection = http.client.HTTPSConnection("localhost", self._port, timeout=seconds, context=self._tls)
        sent = {"Authorization": f"Bearer {self._token}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        text = None
        if body is not None:
            text = json.dumps(body)
            sent["Content-Type"] = "application/json"
        try:
            self._connection.request(method, path, body=text, headers=sent)
            answer = self._connection.getresponse()
            return Answer(answer.status, answer.read())
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise

    def ready(self) -> bool:
        try:
            return self.ask("GET", "/readyz", seconds=10).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def create(self, key: str) -> dict:
        """A contact that is known by `key`. Returns the answer's body; anything but 201 is an error."""
        answer = self.ask(
            "POST", "/api/v1/contacts",
            {"email": f"{key}@example.org", "fullName": f"Boot {key}", "consentType": "EXPLICIT_OPT_IN",
             "legalBasis": "GDPR_ART6_1A", "purposeCodes": ["sales"]},
            X_Purpose="sales", Idempotency_Key=key)
        if answer.status != 201:
            raise RuntimeError(f"POST /contacts: {answer.status} {answer.body[:300]!r}")
        return answer.json()
