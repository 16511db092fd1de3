"""What a kernel would answer with a policy loaded: libsepol's own access decision, constraints (categories) included."""

import ctypes
import threading
from collections.abc import Iterable
from pathlib import Path

TYPE_RULES, CONSTRAINTS = 0x1, 0x2


class _Decision(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32)
                for name in ("allowed", "decided", "auditallow", "auditdeny", "seqno")]


class Kernel:
    """One at a time: the library has room for one policy. Who has threads holds `loading` meanwhile."""

    loading = threading.Lock()

    def __init__(self, policy: Path) -> None:
        self._sepol = ctypes.CDLL("libsepol.so.2")
        libc = ctypes.CDLL(None)
        libc.fopen.restype = ctypes.c_void_p
        file = ctypes.c_void_p(libc.fopen(str(policy).encode(), b"r"))
        if self._sepol.sepol_set_policydb_from_file(file) != 0:
            raise OSError(f"libsepol does not take {policy}")
        libc.fclose(file)

    def denied(self, source: str, target: str, tclass: str, perms: Iterable[str]) -> dict[str, str]:
        """Of `perms` those that are refused, and by what: `type rules`, `categories`, or both."""
        kind = ctypes.c_uint16()
        self._call("string_to_security_class", tclass.encode(), ctypes.byref(kind))
        refused = {}
        for perm in perms:
            bit = ctypes.c_uint32()
            self._call("string_to_av_perm", kind, perm.encode(), ctypes.byref(bit))
            decision, reason = _Decision(), ctypes.c_uint()
            self._call("compute_av_reason", self._sid(source), self._sid(target), kind, bit,
                       ctypes.byref(decision), ctypes.byref(reason))
            if decision.allowed & bit.value != bit.value:
                why = [text for flag, text in ((TYPE_RULES, "type rules"), (CONSTRAINTS, "categories"))
                       if reason.value & flag]
                refused[perm] = " and ".join(why) or "policy"
        return refused

    def _sid(self, context: str) -> ctypes.c_uint32:
        sid = ctypes.c_uint32()
        raw = context.encode()
        self._call("context_to_sid", raw, ctypes.c_size_t(len(raw) + 1), ctypes.byref(sid))
        return sid

    def _call(self, name: str, *arguments: object) -> None:
        if getattr(self._sepol, f"sepol_{name}")(*arguments) != 0:
            raise ValueError(f"libsepol: {name} refuses {arguments[0]!r}")
