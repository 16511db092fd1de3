#!/usr/bin/env python3
"""Whether the run got somewhere: each operation did, at least once, what it is there for. A run that is refused everywhere passes all
checks.

usage: check_run.py DOCUMENT ANSWERS
"""

import json
import sys


def main(document, answers):
    with open(document, encoding="utf-8") as file:
        paths = json.load(file)["paths"]
    with open(answers, encoding="utf-8") as file:
        answers = json.load(file)
    operations = [
        operation["operationId"]
        for item in paths.values()
        for method, operation in item.items()
        if method != "parameters"
    ]
    failed = 0
    for name in sorted(operations):
        statuses = answers.get(name, {})
        is_done = any(status.startswith("2") for status in statuses)
        failed += not is_done
        shown = " ".join(f"{status}:{count}" for status, count in sorted(statuses.items()))
        print(f"{'done ' if is_done else 'NEVER'}  {name:24} {shown}")
    print(f"{len(operations) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main(*sys.argv[1:]))
