"""The JSON Schema of the spec language, made from the classes: editors complete, explain and check a spec by it.

It is no stricter than the language: every valid spec is valid by it. What it can't know is left to `cnncalc validate`.
"""

from cnncalc.schema.document import ADDRESS, schema

__all__ = ["ADDRESS", "schema"]
