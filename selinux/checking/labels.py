"""Which label restorecon would give a path: labels.tsv against the module's .fc, by libselinux itself."""

import subprocess
from pathlib import Path

from .build import run

NAME = "labels of the files"
HERE = Path(__file__).resolve().parent.parent
MODES = {"file": 0o100000, "dir": 0o040000, "sock": 0o140000}


def wrong_labels(module: Path, work: Path, policy: Path | None = None) -> list[str]:
    """
    - policy: each label must be one of its contexts.
    """
    contexts = work / "file_contexts"
    run("semodule_unpackage", module, work / "unpacked.mod", contexts)
    if policy:
        run("setfiles", "-c", policy, contexts)
    wrong = []
    for line in (HERE / "labels.tsv").read_text().splitlines():
        if line.startswith("#"):
            continue
        path, kind, expected = line.split("\t")
        actual = _lookup(contexts, path, MODES[kind])
        if actual != expected:
            wrong.append(f"{path} gets {actual}, not {expected}")
    return wrong


def _lookup(contexts: Path, path: str, mode: int) -> str:
    result = subprocess.run(
        ["selabel_lookup", "-b", "file", "-f", str(contexts), "-k", path, "-t", str(mode)],
        text=True, capture_output=True, check=False)
    if result.returncode != 0:
        return "none"
    return result.stdout.strip().split("system_u:object_r:")[-1]
