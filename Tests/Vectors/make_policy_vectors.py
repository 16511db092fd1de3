#!/usr/bin/env python3
"""Random policies, requests and entities, and what Cedar itself says of them: vectors for our evaluator.

    python3 -m venv VENV && VENV/bin/pip install cedarpy==4.12.2
    VENV/bin/python make_policy_vectors.py > policy_vectors.json

cedarpy is the reference implementation (cedar-policy, Rust) behind a Python interface. The same seed gives the same bytes.

A world is a set of entities in Cedar's JSON form with the cases asked of it. A case is
[policies, principal, action, resource, context, outcome, reasons, errors]: entities of the request as "Type::id", outcome
"a" or "d", reasons and errors as places of policies in the text. `texts` are [text, accepted by Cedar].
"""
import json
import random
import re
import sys

import cedarpy

SEED, WORLDS, CASES = 20260731, 60, 50
INTS = [0, 1, 2, 3, -1, 7, 100, 2**63 - 1, -(2**63), 2**62, 4294967296, 3037000500]
# The fourth and fifth are canonically equivalent, and two strings.
STRINGS = ["", "a", "ab", "\u00e9", "e\u0301", "sales", "sales_outreach", "a*b", "x\\y", 'q"q', "\u5730\u56f3", "line\nfeed", "\U0001f600"]
ATTRIBUTES = ["n", "s", "b", "set", "rec", "ref", "odd name", "m"]
NAMES = {"User": ["u1", "u2", "ghost"], "Role": ["dpo", "admin", "\u00e9"], "Org::Team": ["t1", "t2"],
         "Doc": ["d1", "d2"], "Action": ["read", "write", "any"]}
rng = random.Random(SEED)


def quote(text, pattern=False):
    out = ""
    for c in text:
        if c in '"\\':
            out += "\\" + c
        elif c == "\n":
            out += "\\n"
        elif c == "*" and pattern:
            out += "\\*"
        elif ord(c) > 126 and rng.random() < 0.3:
            out += "\\u{%x}" % ord(c)
        else:
            out += c
    return '"%s"' % out


def uid():
    kind = rng.choice(list(NAMES))
    return kind, rng.choice(NAMES[kind])


def literal_uid(u=None):
    kind, name = u or uid()
    return "%s::%s" % (kind, quote(name))


# Values of entities and contexts

def value(depth=0):
    kind = rng.choice(["n", "s", "b", "ref"] + (["set", "rec"] if depth < 2 else []))
    if kind == "n":
        return rng.choice(INTS)
    if kind == "s":
        return rng.choice(STRINGS)
    if kind == "b":
        return rng.random() < 0.5
    if kind == "ref":
        k, n = uid()
        return {"__entity": {"type": k, "id": n}}
    if kind == "set":
        return [value(depth + 1) for _ in range(rng.randrange(4))]
    return {a: value(depth + 1) for a in rng.sample(ATTRIBUTES, rng.randrange(3))}


def typed(attribute):
    """Mostly of the type that its name says, so that policies succeed often enough."""
    if rng.random() < 0.1:
        return value()
    k, n = uid()
    return {
        "n": rng.choice(INTS), "m": rng.choice(INTS), "s": rng.choice(STRINGS), "b": rng.random() < 0.5,
        "set": [value(2) for _ in range(rng.randrange(5))], "odd name": rng.choice(STRINGS),
        "rec": {a: value(1) for a in rng.sample(ATTRIBUTES, rng.randrange(4))},
        "ref": {"__entity": {"type": k, "id": n}},
    }[attribute]


def record():
    return {a: typed(a) for a in rng.sample(ATTRIBUTES, rng.randrange(2, 8))}


def entities():
    # Parents point from left to right alone: no cycles.
    order = ["Doc", "Action", "User", "Org::Team", "Role"]
    everyone = [(k, n) for k in order for n in NAMES[k] if n != "ghost"]
    world = []
    for at, (k, n) in enumerate(everyone):
        later = everyone[at + 1:]
        if k == "Action":
            later = [e for e in later if e[0] == "Action"]
        parents = rng.sample(later, min(len(later), rng.choice([0, 0, 1, 1, 2])))
        if rng.random() < 0.1:
            continue
        world.append({"uid": {"type": k, "id": n}, "attrs": {} if k == "Action" else record(),
                      "parents": [{"type": a, "id": b} for a, b in parents]})
    return world


# Expressions, by the type they should have

def boolean(d):
    if d <= 0:
        return rng.choice(["true", "false", "principal.b", "context.b", "resource.b", "context has b", "principal has n"])
    pick = rng.randrange(20)
    if pick == 0:
        return " && ".join(boolean(d - 1) if rng.random() < 0.6 else "(%s)" % boolean(d - 1) for _ in range(rng.choice([2, 2, 3])))
    if pick == 1:
        return "(%s)" % " || ".join("(%s)" % boolean(d - 1) for _ in range(rng.choice([2, 2, 3])))
    if pick == 2:
        return "!" * rng.randrange(1, 5) + "(%s)" % boolean(d - 1)
    if pick in (3, 4):
        kind = rng.choice([long, string, boolean, reference, sets, records, anything])
        return "(%s) %s (%s)" % (kind(d - 1), rng.choice(["==", "!="]), (kind if rng.random() < 0.8 else anything)(d - 1))
    if pick in (5, 6):
        return "%s %s %s" % (long(d - 1), rng.choice(["<", "<=", ">", ">="]), long(d - 1))
    if pick == 7:
        return "%s in %s" % (reference(d - 1), reference(d - 1))
    if pick == 8:
        return "%s in [%s]" % (reference(d - 1), ", ".join(reference(d - 1) for _ in range(rng.randrange(3))))
    if pick == 9:
        return "%s in %s" % (reference(d - 1), sets(d - 1))
    if pick == 10:
        return "%s is %s" % (reference(d - 1), rng.choice(list(NAMES)))
    if pick == 11:
        return "%s is %s in %s" % (reference(d - 1), rng.choice(list(NAMES)), rng.choice([reference, sets])(d - 1))
    if pick == 12:
        return "%s has %s" % (rng.choice([reference, records])(d - 1), attribute_name())
    if pick == 13:
        return "%s has %s" % (rng.choice([reference, records])(d - 1),
                              ".".join(rng.choice([a for a in ATTRIBUTES if " " not in a]) for _ in range(rng.choice([2, 2, 3]))))
    if pick == 14:
        return "%s like %s" % (string(d - 1), pattern())
    if pick == 15:
        return "%s.contains(%s)" % (sets(d - 1), anything(d - 1))
    if pick == 16:
        return "%s.%s(%s)" % (sets(d - 1), rng.choice(["containsAll", "containsAny"]), sets(d - 1))
    if pick == 17:
        return "%s.isEmpty()" % sets(d - 1)
    if pick == 18:
        return "(if %s then %s else %s)" % (boolean(d - 1), boolean(d - 1), boolean(d - 1))
    return attribute("b", d)


def attribute_name():
    a = rng.choice(ATTRIBUTES)
    return quote(a) if " " in a or rng.random() < 0.2 else a


def attribute(a, d):
    base = rng.choice(["principal", "resource", "context", "context", "principal.rec", "resource.ref", "context.rec"]) if d <= 0 or rng.random() < 0.8 \
        else rng.choice([reference, records])(d - 1)
    return base + ('["%s"]' % a if " " in a or rng.random() < 0.2 else "." + a)


def long(d):
    if rng.random() < 0.04:
        return "(%s)" % anything(d - 1)
    if d <= 0 or rng.random() < 0.3:
        n = rng.choice(INTS + list(range(10)))
        return str(n)
    pick = rng.randrange(6)
    if pick < 3:
        return "(%s %s %s)" % (long(d - 1), "+-*"[pick], long(d - 1))
    if pick == 3:
        return "(%s%s)" % ("-" * rng.randrange(1, 5), attribute("n", d))
    if pick == 4:
        return "(if %s then %s else %s)" % (boolean(d - 1), long(d - 1), long(d - 1))
    return attribute(rng.choice("nm"), d)


def string(d):
    if rng.random() < 0.04:
        return "(%s)" % anything(d - 1)
    if d <= 0 or rng.random() < 0.4:
        return quote(rng.choice(STRINGS))
    return attribute(rng.choice(["s", "odd name"]), d)


def pattern():
    text = rng.choice(STRINGS)
    cut = rng.randrange(len(text) + 1)
    return rng.choice([
        quote(text, True), '"*"', '"%s*"' % quote(text[:cut], True)[1:-1], '"*%s"' % quote(text[cut:], True)[1:-1],
        '"%s*%s"' % (quote(text[:cut], True)[1:-1], quote(text[cut + 1:], True)[1:-1]),
        '"*%s*"' % quote(text[cut:cut + 1], True)[1:-1], '"**a*b"', '"*a*a*"', '""'])


def reference(d):
    if rng.random() < 0.04:
        return "(%s)" % anything(d - 1)
    if d <= 0 or rng.random() < 0.75:
        return rng.choice(["principal", "resource", "action", literal_uid(), literal_uid()])
    return attribute("ref", d)


def sets(d):
    if rng.random() < 0.04:
        return "(%s)" % anything(d - 1)
    if d <= 0 or rng.random() < 0.4:
        return attribute("set", 0) if rng.random() < 0.5 else "[%s]" % ", ".join(anything(0) for _ in range(rng.randrange(4)))
    return "[%s]" % ", ".join(anything(d - 1) for _ in range(rng.randrange(4)))


def records(d):
    if d <= 0 or rng.random() < 0.5:
        return rng.choice(["context", "principal.rec", "context.rec", "{}"])
    return "{%s}" % ", ".join("%s: %s" % (quote(a) if " " in a or rng.random() < 0.3 else a, anything(d - 1))
                              for a in rng.sample(ATTRIBUTES, rng.randrange(4)))


def anything(d):
    return rng.choice([boolean, long, string, reference, sets, records])(d)


# Policies

def scope(variable):
    if rng.random() < 0.7:
        return variable
    pick = rng.randrange(4, 9)
    u = literal_uid() if rng.random() < 0.5 else literal_uid(rng.choice([("User", "u1"), ("Doc", "d1"), ("Role", "dpo")]))
    if pick == 4:
        return "%s == %s" % (variable, u)
    if pick < 7:
        return "%s in %s" % (variable, u)
    kind = rng.choice(["User", "Doc", "Org::Team", "Role"])
    return "%s is %s" % (variable, kind) + (" in %s" % u if pick == 8 else "")


def action_scope():
    def one():
        return literal_uid(("Action", rng.choice(NAMES["Action"])))
    pick = rng.randrange(3, 6)
    if rng.random() < 0.6:
        return "action"
    if pick == 3:
        return "action == " + one()
    if pick == 4:
        return "action in " + one()
    return "action in [%s]" % ", ".join(one() for _ in range(rng.choice([0, 1, 2, 2, 3])))


def policy():
    clauses = "".join(" %s { %s }" % (rng.choice(["when", "when", "unless"]), boolean(rng.choice([1, 1, 2, 2, 3])))
                      for _ in range(rng.choice([0, 1, 1, 1, 1, 1, 1, 2])))
    return "%s (%s, %s, %s)%s;" % (rng.choice(["permit", "permit", "permit", "permit", "forbid"]), scope("principal"), action_scope(), scope("resource"), clauses)


def ids(found):
    return sorted(int(i) for i in found)


def case(world):
    text = "\n".join(policy() for _ in range(rng.choice([1, 1, 2, 2, 3, 4])))
    if len(text) > 520:
        return case(world)
    principal, resource = rng.choice([("User", rng.choice(NAMES["User"])), uid()]), rng.choice([("Doc", rng.choice(NAMES["Doc"])), uid()])
    return answered(world, text, principal, ("Action", rng.choice(NAMES["Action"])), resource, record())


def directed():
    """Every expression of policy_texts.txt that Cedar accepts, asked in a world with little in it."""
    world = [{"uid": {"type": "User", "id": "u1"}, "attrs": {"n": 7, "a": {"b": {"c": 1}}},
              "parents": [{"type": "Role", "id": "dpo"}]}]
    cases = [answered(world, t, ("User", "u1"), ("Action", "read"), ("Doc", "d1"), {"a": {"b": True}, "s": "a*b"})
             for t in given() if accepted(t) and not LEFT_OUT.search(t) and "@id" not in t]
    return {"entities": world, "cases": cases}


def answered(world, text, principal, action, resource, context):
    request = {"principal": literal(principal), "action": literal(action), "resource": literal(resource), "context": context}
    answer = cedarpy.is_authorized(request, text, world)
    reasons, errors = answer.diagnostics.reasons, answer.diagnostics.errors
    names = []
    for error in errors:
        found = re.findall(r"policy `?policy(\d+)`?", str(error))
        if not found:
            sys.exit("cannot read Cedar's error %r for\n%s" % (error, text))
        names.append(found[0])
    outcome = {"Decision.Allow": "a", "Decision.Deny": "d"}[str(answer.decision)]
    return [text, "::".join(principal), "::".join(action), "::".join(resource), context, outcome,
            ids(r.removeprefix("policy") for r in reasons), ids(names)]


def literal(u):
    return "%s::%s" % (u[0], json.dumps(u[1], ensure_ascii=False))


# Texts that Cedar accepts or refuses

def accepted(text):
    try:
        cedarpy.policies_to_json_str(text)
        return True
    except ValueError:
        return False


# What we leave out (templates, extensions, tags) is refused whatever Cedar says.
LEFT_OUT = re.compile(r"\?(principal|resource)|\b(ip|decimal|datetime|duration|unknown)\s*\(|\.(isIpv4|lessThan|hasTag|getTag|isInRange|toDate)\s*\(")
TOKENS = ["principal", "action", "resource", "context", "permit", "forbid", "when", "unless", "in", "has", "like", "is", "if", "then", "else",
          "true", "false", "__cedar", "@", ".", ",", ";", ":", "::", "(", ")", "{", "}", "[", "]", "==", "!=", "<", "<=", ">=", ">", "||", "&&",
          "+", "-", "*", "/", "%", "!", "=", "1", "0", "9223372036854775807", "9223372036854775808", '"a"', '"*"', '"\\*"', "a", "User", "?x", "\u00e9", "//", "\n"]


def mutated(text):
    tokens = re.findall(r'"(?:\\.|[^"\\])*"|\w+|::|==|!=|<=|>=|\|\||&&|\s+|.', text, re.S)
    for _ in range(rng.choice([1, 1, 1, 2])):
        at = rng.randrange(len(tokens))
        pick = rng.randrange(4)
        if pick == 0:
            del tokens[at]
        elif pick == 1:
            tokens.insert(at, rng.choice(TOKENS))
        elif pick == 2:
            tokens[at] = rng.choice(TOKENS)
        else:
            other = rng.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        if not tokens:
            tokens = [";"]
    return "".join(tokens)


def given():
    """policy_texts.txt, as policy sets."""
    lines = open(__file__.replace("make_policy_vectors.py", "policy_texts.txt"), encoding="utf-8").read().split("\n")
    found = []
    for line in lines:
        if not line or line.startswith("#"):
            continue
        kind, text = line.split(" ", 1)
        text = json.loads('"%s"' % text) if kind.endswith("j") else text
        found.append(text if kind.startswith("P") else "permit(principal,action,resource)when{%s};" % text)
    return found


def texts():
    found = given()
    while len(found) < 1400:
        text = policy()
        if len(text) < 260:
            found.append(mutated(text))
    return [[t, accepted(t)] for t in dict.fromkeys(found) if not LEFT_OUT.search(t)]


def main():
    worlds = [directed()]
    for _ in range(WORLDS):
        world = entities()
        worlds.append({"entities": world, "cases": [case(world) for _ in range(CASES)]})
    out = {"about": "make_policy_vectors.py, cedarpy 4.12.2", "worlds": worlds, "texts": texts()}
    print(json.dumps(out, ensure_ascii=False, separators=(",", ":")))


main()
