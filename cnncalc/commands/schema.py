"""`cnncalc schema`: the JSON Schema of the spec language."""

import click


@click.command(
    "schema",
    short_help="The JSON Schema of specs, for editors.",
    epilog="""\b
Examples:
  cnncalc schema > cnncalc.schema.json
  # yaml-language-server: $schema=cnncalc.schema.json    first line of a spec""",
)
def command() -> int:
    """Print the JSON Schema (draft 2020-12) of the spec language: an editor uses it to complete, explain and check.

    A schema cannot check shapes or names of other layers: `cnncalc validate` does that.
    """
    from cnncalc.program.streams import write_as
    from cnncalc.render.json_text import dumped
    from cnncalc.schema import schema

    write_as("json")
    click.echo(dumped(schema()))
    return 0
