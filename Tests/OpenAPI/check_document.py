#!/usr/bin/env python3
"""What the unit tests cannot tell of the OpenAPI document: that it keeps OpenAPI's own schema, that each example keeps the schema
beside it, and that no object in it has a member twice.

usage: check_document.py FILE
"""

import json
import sys

from jsonschema import FormatChecker
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


def members(pairs):
    names = [name for name, _ in pairs]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"twice in one object: {', '.join(sorted(twice))}")
    return dict(pairs)


def examples(value, path=()):
    """(path, schema, example) wherever both stand side by side, and of each `examples` of a schema."""
    if isinstance(value, list):
        for index, element in enumerate(value):
            yield from examples(element, path + (str(index),))
    if not isinstance(value, dict):
        return
    if "example" in value and "schema" in value:
        yield path, value["schema"], value["example"]
    if isinstance(value.get("examples"), list):
        schema = {name: member for name, member in value.items() if name != "examples"}
        for example in value["examples"]:
            yield path, schema, example
    for name, element in value.items():
        if name not in ("example", "examples"):
            yield from examples(element, path + (name,))


def main(file):
    with open(file, encoding="utf-8") as stream:
        document = json.load(stream, object_pairs_hook=members)
    failures = [f"OpenAPI 3.1: {error.message}" for error in OpenAPIV31SpecValidator(document).iter_errors()]

    address = "urn:document"
    registry = Registry().with_resource(address, Resource.from_contents(document, DRAFT202012))
    count = 0
    for path, schema, example in examples(document):
        count += 1
        absolute = json.loads(json.dumps(schema).replace('"$ref": "#', f'"$ref": "{address}#'))
        validator = OAS31Validator(absolute, registry=registry, format_checker=FormatChecker())
        failures += [f"{'/'.join(path)}: {error.message}" for error in validator.iter_errors(example)]

    # Each body that is sent, and each JSON that is answered, is shown.
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            for media in operation.get("requestBody", {}).get("content", {}).values():
                if "example" not in media:
                    failures.append(f"{method} {path}: its body has no example")
    print(f"{count} examples in {len(document['paths'])} paths")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures or count < 50 else 0


sys.exit(main(sys.argv[1]))
