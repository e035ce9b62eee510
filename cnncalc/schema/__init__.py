"""The JSON Schema of the spec language, generated from the classes: editors use it to complete, explain and check
specs.

It is not stricter than the language: it accepts every valid spec. `cnncalc validate` checks everything else.
"""

from cnncalc.schema.document import ADDRESS, schema

__all__ = ["ADDRESS", "schema"]
