"""A spec's text checked with the schema, as an editor does."""

import re
from functools import cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from cnncalc.schema import schema


class Yaml12(yaml.SafeLoader):
    """PyYAML with the scalars of YAML 1.2's core schema, which editors read by."""


Yaml12.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"^(true|false)$", "tf"),
    ("null", r"^(null|~|)$", ["n", "~", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def problems(text: str) -> list[str]:
    """What the schema finds in a text: where, and what."""
    return [
        f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator().iter_errors(read(text))
    ]


def read(text: str) -> Any:
    return yaml.load(text, Yaml12)
