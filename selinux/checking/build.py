"""From sources to a binary policy, as a machine would have it: compile, link with Debian's modules, expand with checks."""

import bz2
import subprocess
from pathlib import Path

MODULE = "contact_enrichment"
SOURCES = Path(__file__).resolve().parent.parent
DEVEL = "/usr/share/selinux/devel/Makefile"
SHIPPED = Path("/usr/share/selinux")


class BuildError(Exception):
    """A tool of the policy's refused; its output is the message."""


def run(*command: str | Path, cwd: Path | None = None) -> str:
    result = subprocess.run(
        [str(part) for part in command], cwd=cwd, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.returncode != 0:
        raise BuildError(result.stdout.strip())
    return result.stdout


class Flavour:
    """Debian's modules of one kind of policy (`default`, `mls`), unpacked, and ours compiled for it."""

    def __init__(self, name: str, work: Path) -> None:
        self.name = name
        self.work = work / name
        self.shipped = self.work / "shipped"
        self.shipped.mkdir(parents=True)
        for packed in sorted((SHIPPED / name).glob("*.pp.bz2")):
            (self.shipped / packed.stem).write_bytes(bz2.decompress(packed.read_bytes()))

    @property
    def base(self) -> Path:
        return self.shipped / "base.pp"

    @property
    def modules(self) -> list[Path]:
        return [path for path in sorted(self.shipped.glob("*.pp")) if path != self.base]

    def compile(self, sources: dict[str, str], into: str) -> list[Path]:
        """Compiles `NAME.te`, `NAME.if`, `NAME.fc` files given by their texts.

        Returns the modules, by name. m4 only warns about a stray quote, which may swallow rules: that counts as an error.
        """
        place = self.work / into
        place.mkdir()
        for file, text in sources.items():
            (place / file).write_text(text)
        names = sorted(Path(file).stem for file in sources if file.endswith(".te"))
        said = run("make", "-s", "-f", DEVEL, f"NAME={self.name}", *[f"{name}.pp" for name in names],
                   cwd=place)
        if strange := [line for line in said.splitlines() if "m4:" in line]:
            raise BuildError("\n".join(strange))
        return [place / f"{name}.pp" for name in names]

    def expand(self, modules: list[Path], into: Path, *, checked: bool = True) -> Path:
        """Links `modules` with the base module and writes the policy that a kernel loads.

        - checked: a neverallow rule that is violated is an error. The Makefile above does not look at them.
        """
        linked = into.with_suffix(".linked")
        run("semodule_link", "-o", linked, self.base, *modules)
        run("semodule_expand", *([] if checked else ["-a"]), linked, into)
        linked.unlink()
        return into


def ours() -> dict[str, str]:
    return {path.name: path.read_text() for path in SOURCES.glob(f"{MODULE}.*")
            if path.suffix in (".te", ".if", ".fc")}

