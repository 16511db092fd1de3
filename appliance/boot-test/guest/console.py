"""The operator at the serial console: logs in, types commands, reads what they say."""

import base64
import re
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path


class ConsoleError(Exception):
    """What was waited for did not come; the message has what came last."""


@dataclass
class Said:
    status: int
    text: str

    def lines(self) -> list[str]:
        return self.text.splitlines()


class Console:
    def __init__(self, path: Path, files: Path) -> None:
        self._files = files
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._got = b""

    def close(self) -> None:
        self._socket.close()

    def wait(self, pattern: str, seconds: float) -> re.Match:
        """Reads until `pattern` came, and takes it and what was before it away."""
        end = time.monotonic() + seconds
        expression = re.compile(pattern.encode(), re.S)
        while not (match := expression.search(self._got)):
            left = end - time.monotonic()
            if left <= 0:
                raise ConsoleError(f"no {pattern!r} within {seconds:.0f} s; last: {self._got[-600:].decode(errors='replace')}")
            self._socket.settimeout(left)
            try:
                more = self._socket.recv(65536)
            except TimeoutError:
                continue
            if not more:
                raise ConsoleError(f"the machine went off before {pattern!r}")
            self._got += more.replace(b"\r", b"")
        self._got = self._got[match.end():]
        return match

    def type(self, text: str) -> None:
        self._socket.settimeout(60)
        self._socket.sendall(text.encode())

    def log_in(self, user: str, password: str, seconds: float) -> None:
        self.wait(r"login: ", seconds)
        self.type(f"{user}\n")
        self.wait(r"Password: ", 60)
        self.type(f"{password}\n")
        self.wait(r"[#$] ", 120)
        self.type("stty -echo; PS1= PS2= TERM=dumb; export LC_ALL=C SYSTEMD_PAGER=cat SYSTEMD_COLORS=0; bind 'set enable-bracketed-paste off'\n")
        self.run("true")

    def run(self, command: str, seconds: float = 120) -> Said:
        """One command, in a shell of its own; standard output and error together."""
        mark = secrets.token_hex(8)
        # Typed in two parts, so that an echo of the command is not taken for its end.
        self.type(f"{{ {command}\n}} < /dev/null 2>&1; printf '\\n%s-%s-%d.\\n' {mark[:8]} {mark[8:]} $?\n")
        match = self.wait(rf"(?P<text>.*?)\n?\n{mark[:8]}-{mark[8:]}-(?P<status>\d+)\.\n", seconds)
        return Said(int(match["status"]), match["text"].decode(errors="replace"))

    def must(self, command: str, seconds: float = 120) -> str:
        said = self.run(command, seconds)
        if said.status != 0:
            raise ConsoleError(f"`{command}` ended with {said.status}: {said.text[-800:]}")
        return said.text

    def put(self, path: str, content: bytes) -> None:
        """Types a file in."""
        lines = base64.encodebytes(content).decode()
        self.type(f"base64 -d > {path} << 'END'\n{lines}END\n")
        self.must(f"test $(stat -c %s {path}) = {len(content)}")

    def get(self, path: str, seconds: float = 120) -> bytes:
        """Has a file sent through the port that is there for it."""
        size = int(self.must(f"stat -c %s {path}"))
        end, content = time.monotonic() + seconds, b""
        with socket.socket(socket.AF_UNIX) as port:
            port.connect(str(self._files))
            port.settimeout(seconds)
            self.type(f"cat {path} > /dev/virtio-ports/boot-test\n")
            while len(content) < size and time.monotonic() < end:
                content += port.recv(1 << 20)
        self.must("true")
        if len(content) != size:
            raise ConsoleError(f"{path}: {len(content)} of {size} bytes came")
        return content
