"""Policies that are wrong on purpose: each must be caught by the assertion that it names.

A file of bad/ begins with what it expects:

    # caught by: NAME                of an assertion
    # neverallow: yes | no           whether the expansion with checks refuses it already
    # without: REGEX                 lines of contact_enrichment.te that are left out
    # without label: REGEX           the same of contact_enrichment.fc

and may hold rules, which become a module beside ours.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import labels
from .assertions import NEEDS, Assertions
from .build import MODULE, BuildError, Flavour, ours
from .kernel import Kernel
from .policy import Policy

FOLDER = Path(__file__).resolve().parent.parent / "bad"


@dataclass
class BadPolicy:
    name: str
    caught_by: str
    neverallow: bool
    without: list[str]
    without_label: list[str]
    rules: str

    @classmethod
    def read(cls, path: Path) -> "BadPolicy":
        text = path.read_text()
        heads = dict(re.findall(r"^# (caught by|neverallow): (.*)$", text, re.M))
        return cls(
            name=path.stem, caught_by=heads["caught by"], neverallow=heads["neverallow"] == "yes",
            without=re.findall(r"^# without: (.*)$", text, re.M),
            without_label=re.findall(r"^# without label: (.*)$", text, re.M),
            rules=re.sub(r"^#.*\n", "", text, flags=re.M))

    @classmethod
    def of_wall(cls, one: dict[str, Any], without: list[str]) -> "BadPolicy":
        """The stray rule of a [[wall]], with lines of ours left out."""
        types = "".join(f"\ttype {name};\n" for name in one["types"])
        return cls(name="stray" + "-without" * bool(without), caught_by=one["name"], neverallow=True,
                   without=without, without_label=[],
                   rules=f"gen_require(`\n{types}')\n{one['given']}\n")

    @property
    def module(self) -> str:
        return "bad_" + self.name.replace("-", "_")

    def sources(self) -> dict[str, str]:
        sources = ours()
        for suffix, expressions in ((".te", self.without), (".fc", self.without_label)):
            for expression in expressions:
                kept = [line for line in sources[MODULE + suffix].splitlines(keepends=True)
                        if line.startswith("#") or not re.search(expression, line)]
                if len(kept) == len(sources[MODULE + suffix].splitlines()):
                    raise BuildError(f"bad/{self.name}.te: nothing matches {expression}")
                sources[MODULE + suffix] = "".join(kept)
        if self.rules.strip():
            sources[self.module + ".te"] = f"policy_module({self.module}, 1.0)\n{self.rules}"
        return sources


def every() -> list[BadPolicy]:
    return [BadPolicy.read(path) for path in sorted(FOLDER.glob("*.te"))]


def verdict(bad: BadPolicy, flavour: Flavour, assertions: Assertions) -> str:
    """Empty when it is caught as it should be, else why not. Linked with the base module alone, which is enough and fast."""
    uncaught = f"`{bad.caught_by}` does not catch it"
    for one in assertions.table["wall"]:
        if bad.caught_by == one["name"]:
            stray = BadPolicy.of_wall(one, bad.without)
            return "" if wall(stray, one, flavour, assertions) else uncaught
    place = flavour.work / bad.module
    modules = flavour.compile(bad.sources(), bad.module)
    if refused := _refused(flavour, modules, place / "checked"):
        if not bad.neverallow:
            return f"an unexpected neverallow rule refuses it: {refused}"
    elif bad.neverallow:
        return "no neverallow rule refuses it"
    policy = flavour.expand(modules, place / "unchecked", checked=False)
    found = _found(bad, assertions, policy, modules, place)
    return "" if found else uncaught


def wall(
    stray: BadPolicy, one: dict[str, Any], flavour: Flavour, assertions: Assertions
) -> list[str]:
    """What the categories do not refuse of a stray rule."""
    modules = flavour.compile(stray.sources(), stray.module)
    policy = flavour.expand(modules, flavour.work / stray.module / "policy", checked=False)
    with Kernel.loading:
        return assertions.wall(Kernel(policy), one)


def _found(
    bad: BadPolicy, assertions: Assertions, policy: Path, modules: list[Path], place: Path
) -> list[str]:
    if bad.caught_by == labels.NAME:
        return labels.wrong_labels(next(m for m in modules if m.stem == MODULE), place)
    if bad.caught_by == NEEDS:
        with Kernel.loading:
            return assertions.needs(Kernel(policy))
    return assertions.failures(Policy(policy)).get(bad.caught_by, [])


def _refused(flavour: Flavour, modules: list[Path], into: Path) -> str:
    try:
        flavour.expand(modules, into)
    except BuildError as error:
        return next((line for line in str(error).splitlines() if "neverallow" in line), str(error))
    return ""
