"""A binary policy as questions see it: who may do what to which type, by setools."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import setools
from setools.exception import RuleNotConditional

OURS = "contact_enrichment_domain"
HAND = "contact_enrichment_seal_t"


class Policy:
    def __init__(self, path: Path) -> None:
        policy = setools.SELinuxPolicy(str(path))
        self.types = {str(t) for t in policy.types()}
        self.attributes = {str(a): frozenset(str(t) for t in a.expand())
                           for a in policy.typeattributes()}
        self.permissive = {str(t) for t in policy.types() if t.ispermissive}
        self._of_type: dict[str, set[str]] = defaultdict(set)
        for attribute, types in self.attributes.items():
            for name in types:
                self._of_type[name].add(attribute)
        self._allow: dict[str, list[tuple[str, str, str, frozenset[str], str]]] = defaultdict(list)
        self._transitions: list[tuple[str, str, str, str]] = []
        for rule in policy.terules():
            kind = str(rule.ruletype)
            if kind == "allow":
                self._add(rule)
            elif kind == "type_transition" and str(rule.tclass) == "process":
                self._transitions.append(
                    (str(rule.source), str(rule.target), str(rule.default), _condition(rule)))
        self.ranges = {(str(r.source), str(r.target), str(r.tclass)): str(r.default)
                       for r in policy.mlsrules() if str(r.ruletype) == "range_transition"}

    def _add(self, rule: "setools.AVRule") -> None:
        self._allow[str(rule.tclass)].append(
            (str(rule.source), str(rule.target), str(rule.tclass), frozenset(rule.perms),
             _condition(rule)))

    def expand(self, name: str) -> frozenset[str]:
        """A type, or the types of an attribute; of neither: nothing (another flavour may have it)."""
        if name in self.attributes:
            return self.attributes[name]
        return frozenset([name]) if name in self.types else frozenset()

    @property
    def ours(self) -> frozenset[str]:
        return self.attributes[OURS] | {HAND}

    def permissions(self, kind: str) -> set[str]:
        """All that any rule gives on a class."""
        return {perm for *_, perms, _ in self._allow[kind] for perm in perms}

    def _names(self, type_name: str) -> set[str]:
        return {type_name} | self._of_type[type_name]

    def sources(self, targets: list[str], classes: list[str], perms: set[str]) -> set[tuple[str, str]]:
        """(type, boolean it needs or "") of everybody with any of `perms`."""
        wanted = {n for t in targets for one in self.expand(t) for n in self._names(one)}
        return {(one, condition)
                for c in classes for source, target, _, has, condition in self._allow[c]
                if target in wanted and has & perms for one in self.expand(source)}

    def reach(self, domain: str, classes: list[str] | None, perms: set[str]) -> set[tuple[str, str]]:
        """(target type, class) on which a domain has any of `perms`."""
        names = self._names(domain)
        return {(one, c)
                for c in (classes or list(self._allow)) for source, target, _, has, _ in self._allow[c]
                if source in names and has & perms for one in self.expand(target)}

    def entries(self, domain: str) -> Iterator[tuple[str, str, str]]:
        """(who, through which executable, boolean) becomes `domain` by exec without asking for it."""
        for source, target, default, condition in self._transitions:
            if default == domain:
                yield source, target, condition


def _condition(rule: "setools.policyrep.PolicyRule") -> str:
    try:
        return str(rule.conditional)
    except RuleNotConditional:
        return ""
