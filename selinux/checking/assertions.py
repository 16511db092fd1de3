"""The assertions of assertions.toml and the needs of needs.tsv, asked of one policy. What is wrong comes back as text."""

import tomllib
from pathlib import Path
from typing import Any

from .kernel import Kernel
from .policy import Policy

HERE = Path(__file__).resolve().parent.parent
FILES = ["file", "dir", "lnk_file", "sock_file", "fifo_file", "chr_file", "blk_file"]
NEEDS = "what the daemons need"
WRITING = {"write", "append", "create", "link", "rename", "unlink", "setattr"}


def table() -> dict[str, Any]:
    return tomllib.loads((HERE / "assertions.toml").read_text())


class Assertions:
    def __init__(self, flavour: str) -> None:
        self.table = table()
        self.flavour = flavour

    @property
    def names(self) -> list[str]:
        kinds = ["who", "entered", "writes", "cannot"]
        names = [one["name"] for kind in kinds for one in self.table[kind]]
        names.append(self.table["standing"]["name"])
        if self.flavour != "mls":
            names += [self.table["levels"]["name"], *(one["name"] for one in self.table["wall"])]
        return [*names, NEEDS]

    def failures(self, policy: Policy) -> dict[str, list[str]]:
        """By name of the assertion, in its order; empty lists for those that hold."""
        found = {one["name"]: self._who(policy, one) for one in self.table["who"]}
        found |= {one["name"]: self._entered(policy, one["through"]) for one in self.table["entered"]}
        found |= {one["name"]: self._writes(policy, one) for one in self.table["writes"]}
        found |= {one["name"]: self._cannot(policy, one) for one in self.table["cannot"]}
        found[self.table["standing"]["name"]] = [
            f"{name} is permissive" for name in sorted(policy.permissive & policy.ours)]
        if self.flavour != "mls":
            found[self.table["levels"]["name"]] = self._levels(policy, self.table["levels"])
        return found

    def _who(self, policy: Policy, one: dict[str, Any]) -> list[str]:
        allowed: set[tuple[str, str]] = set()
        for name in one["base"]:
            for entry in self.table["base"].get(name, [name]):
                symbol, _, boolean = entry.partition(" if ")
                # Whoever of ours was slipped into an attribute of the base policy is not excused by it.
                allowed |= {(t, boolean) for t in policy.expand(symbol) - policy.ours}
        expected = {(name, boolean) for name, _, boolean in (o.partition(" if ") for o in one["ours"])}
        actual = policy.sources(one["target"], one["class"], set(one["perms"]))
        excess = {(t, b) for t, b in actual - expected
                  if (t, b) not in allowed and (t, "") not in allowed}
        return ([f"{_shown(t, b)} may, too" for t, b in sorted(excess)]
                + [f"{_shown(t, b)} may not" for t, b in sorted(expected - actual)])

    def _entered(self, policy: Policy, through: dict[str, str]) -> list[str]:
        wrong = []
        for domain, program in through.items():
            entrypoints = {t for t, _ in policy.reach(domain, ["file"], {"entrypoint"})}
            wrong += [f"{domain} is entered by {t}" for t in sorted(entrypoints - {program})]
            for who, by, boolean in policy.entries(domain):
                supervised = (who, boolean) == ("contact_enrichment_t", "contact_enrichment_supervisor")
                if by != program or not (who == "init_t" or supervised):
                    wrong.append(f"{_shown(who, boolean)} becomes {domain} by {by}")
            if not any(who == "init_t" for who, _, _ in policy.entries(domain)):
                wrong.append(f"init does not become {domain}")
        return wrong

    def _writes(self, policy: Policy, one: dict[str, Any]) -> list[str]:
        reached = policy.reach(
            one["domain"], one.get("class", FILES), set(one.get("perms", WRITING)))
        return [f"{target}, a {kind}" for target, kind in sorted(reached) if target not in one["only"]]

    def _cannot(self, policy: Policy, one: dict[str, Any]) -> list[str]:
        everything = one["perms"] == ["*"]
        return [f"{domain} on {target}:{kind}"
                for domain in one["domain"]
                for kind in one["class"]
                for target, _ in sorted(policy.reach(
                    domain, [kind], policy.permissions(kind) if everything else set(one["perms"])))]

    def _levels(self, policy: Policy, one: dict[str, Any]) -> list[str]:
        wrong = [f"{name} is not constrained" for name in one["constrained"]
                 if name not in policy.expand("mcs_constrained_type")]
        for source, target, kind, level in one["ranges"]:
            actual = policy.ranges.get((source, target, kind))
            if actual != level:
                wrong.append(f"{source} {target}:{kind} gets {actual or 'no level'}, not {level}")
        return wrong

    # What a kernel would answer

    def needs(self, kernel: Kernel) -> list[str]:
        wrong = []
        for line in (HERE / "needs.tsv").read_text().splitlines():
            if not line or line.startswith("#"):
                continue
            who, target, kind, perms, why = line.split("\t")
            process = self.table["process"][who]
            context = process if target == "self" else f"system_u:object_r:{target}"
            if target.startswith(("contact_enrichment_t:", "contact_enrichment_db_t:", "contact_enrichment_crypto_t:")):
                context = f"system_u:system_r:{target}"
            refused = kernel.denied(self._level(process), self._level(context), kind, perms.split(","))
            wrong += [f"{who} needs {perm} on {target}:{kind} ({why}); refused by {by}"
                      for perm, by in refused.items()]
        return wrong

    def wall(self, kernel: Kernel, one: dict[str, Any]) -> list[str]:
        """Of a policy that holds the stray rule."""
        return [f"{perm} on {target} is allowed"
                for target in one["targets"]
                for perm in set(one["perms"]) - set(
                    kernel.denied(one["process"], target, one["class"], one["perms"]))]

    def _level(self, context: str) -> str:
        if self.flavour != "mls":
            return context
        return ":".join(context.split(":")[:3]) + ":s0"


def _shown(name: str, boolean: str) -> str:
    return f"{name} (if {boolean})" if boolean else name

