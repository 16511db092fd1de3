"""Which label restorecon would give a path: labels.tsv against Debian's whole list with ours in it, by libselinux itself.

The whole list, because which of two patterns wins is decided over all of them: by how specific each looks, not by who wrote it.
"""

import re
import shutil
import subprocess
from pathlib import Path

from .build import run

NAME = "labels of the files"
HERE = Path(__file__).resolve().parent.parent
MODES = {"file": 0o100000, "dir": 0o040000, "sock": 0o140000}
STORE, SETTINGS = Path("var/lib/selinux"), Path("etc/selinux")


def wrong_labels(module: Path, work: Path) -> list[str]:
    contexts = _installed(module, work / "store")
    wrong = []
    for line in (HERE / "labels.tsv").read_text().splitlines():
        if line.startswith("#"):
            continue
        path, kind, expected = line.split("\t")
        actual = _lookup(contexts, path, MODES[kind])
        if actual != expected:
            wrong.append(f"{path} gets {actual}, not {expected}")
    return wrong


def _installed(module: Path, root: Path) -> Path:
    """The list of a machine where the module is installed: semodule in a store of its own, which checks neverallow, too."""
    shutil.copytree(Path("/") / STORE / "default", root / STORE / "default", symlinks=True)
    shutil.copytree(Path("/") / SETTINGS / "default", root / SETTINGS / "default", symlinks=True)
    settings = (Path("/") / SETTINGS / "semanage.conf").read_text()
    settings = re.sub(r"^\s*expand-check.*\n", "", settings, flags=re.M) + "expand-check=1\n"
    (root / SETTINGS / "semanage.conf").write_text(settings)
    run("semodule", "-p", root, "-s", "default", "-n", "-i", module)
    return root / SETTINGS / "default/contexts/files/file_contexts"


def _lookup(contexts: Path, path: str, mode: int) -> str:
    result = subprocess.run(
        ["selabel_lookup", "-b", "file", "-f", str(contexts), "-k", path, "-t", str(mode)],
        text=True, capture_output=True, check=False)
    if result.returncode != 0:
        return "none"
    return result.stdout.strip().split("system_u:object_r:")[-1]
