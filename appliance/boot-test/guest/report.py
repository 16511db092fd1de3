"""What was checked and how it went: a line each as it happens, and JSON at the end."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Check:
    def __init__(self, name: str) -> None:
        self.name = name
        self.note = ""
        self.wrong: list[str] = []

    def expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)


class Report:
    def __init__(self) -> None:
        self._begin = time.monotonic()
        self._lines: list[dict] = []

    @contextmanager
    def check(self, name: str, vital: bool = False) -> Iterator[Check]:
        """What goes wrong inside fails this check; where it is `vital`, the rest of the run, too."""
        one, begin = Check(name), time.monotonic()
        try:
            yield one
        except Exception as error:  # noqa: BLE001  whatever it was, it is a line of the report
            one.wrong.append(f"{type(error).__name__}: {error}")
            if vital:
                raise
        finally:
            self._add(one, time.monotonic() - begin)

    def _add(self, one: Check, seconds: float) -> None:
        print(f"  {'FAILED' if one.wrong else 'ok':8}{one.name}  ({one.note + ', ' if one.note else ''}{seconds:.0f} s)", flush=True)
        for text in one.wrong[:12]:
            print(f"          {text}", flush=True)
        self._lines.append({"name": one.name, "ok": not one.wrong, "seconds": round(seconds, 1),
                            "note": one.note, "wrong": one.wrong})

    @property
    def failed(self) -> int:
        return sum(not line["ok"] for line in self._lines)

    def write(self, path: Path, **more: object) -> None:
        path.write_text(json.dumps(
            {"format": "chancery-boot-test/1", "failed": self.failed, "seconds": round(time.monotonic() - self._begin),
             **more, "checks": self._lines}, indent=2) + "\n")
