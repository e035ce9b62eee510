"""Errors in how a command is called, as plain sentences. (Click's own say `requires an argument`, `range 1<=x<=9`.)"""

import re

import click

from cnncalc.spelling import spelled_like

# Click has no class of its own for arguments that are too many, and one class for what is wrong with an option's value.
_TOO_MANY = r"Got unexpected extra arguments? \((?P<given>.*)\)"
_WITHOUT_VALUE = r"Option .* requires (?:an|\d+) arguments?\."
_WITH_VALUE = r"Option .* does not take a value\."


def plain(error: click.ClickException) -> click.ClickException:
    """The same error, with a plain sentence in place of click's words."""
    if isinstance(error, click.MissingParameter):
        return click.UsageError(_missing(error), error.ctx)
    if isinstance(error, click.NoSuchOption):
        return click.UsageError(_no_such_option(error), error.ctx)
    message = error.message
    if isinstance(error, click.BadOptionUsage) and re.fullmatch(_WITHOUT_VALUE, message):
        message = f"The option {error.option_name!r} needs a value."
    elif isinstance(error, click.BadOptionUsage) and re.fullmatch(_WITH_VALUE, message):
        message = f"The option {error.option_name!r} takes no value."
    elif isinstance(error, click.UsageError) and (match := re.fullmatch(_TOO_MANY, message, re.DOTALL)):
        message = _too_many(match["given"], error.ctx)
    vars(error)["message"] = message
    return error


def _missing(error: click.MissingParameter) -> str:
    """The parameter that is not given; of an option what it is for."""
    param = error.param
    if isinstance(param, click.Option):
        about = (param.help or "").partition(". ")[0].rstrip(".")
        about = about[:1].lower() + about[1:]
        return f"The option {param.get_error_hint(error.ctx)} is missing" + (f": {about}." if about else ".")
    hint = error.param_hint or (param.get_error_hint(error.ctx) if param is not None else "")
    return f"The argument {hint if isinstance(hint, str) else ' / '.join(hint)} is missing."


def _no_such_option(error: click.NoSuchOption) -> str:
    name, ctx = error.option_name, error.ctx
    message = f"There is no option {name!r}."
    if re.fullmatch(r"-\d.*", name):
        return f"{message} If it is a value, write `--` before the values."
    if ctx is None:
        return message
    options = {
        word.lstrip("-"): word
        for param in ctx.command.get_params(ctx)
        for word in param.opts
        if word.startswith("-")
    }
    given = name.lstrip("-")
    begun = [option for known, option in options.items() if len(given) > 1 and known.startswith(given)]
    close = begun or [options[known] for known in spelled_like(given, options)]
    if close:
        return f"{message} Did you mean {' or '.join(map(repr, close[:2]))}?"
    return f"{message} `{ctx.command_path} --help` lists them."


def _too_many(given: str, ctx: click.Context | None) -> str:
    takes = ""
    if ctx is not None:
        names = [
            param.human_readable_name for param in ctx.command.params if isinstance(param, click.Argument)
        ]
        takes = f": `{ctx.command_path}` takes {' '.join(names) or 'none'}"
    return f"There are too many arguments{takes}. Left over: {given}"
