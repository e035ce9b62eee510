"""Many small cases in one test: pytest spends more time on a test of its own than most of them take.

Where tests are chosen by name (`-k`, or `file::test`) each case is a test of its own, so that it can be run alone.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import signature
from typing import Any, TypeAlias

import pytest

Test: TypeAlias = Callable[..., None]
# What `parametrize` takes as ids: one for each case, or a function of each value.
Ids: TypeAlias = Sequence[str] | Callable[[Any], Any] | None

# Whether each case is a test of its own: set before the test files are read.
_apart = False


def configure(config: pytest.Config) -> None:
    """Find out from the command line whether tests are chosen by name."""
    global _apart
    _apart = bool(config.option.keyword) or any("::" in word for word in config.args)


def each(names: str | tuple[str, ...], values: Iterable[Any], ids: Ids = None) -> Callable[[Test], Test]:
    """`pytest.mark.parametrize` in one test: all cases are run, and each that fails is reported with its id.

    Fixtures are made once for all cases. No case may be skipped, or have a mark of its own.
    """
    parameters = (names,) if isinstance(names, str) else names
    cases = [_case(value, len(parameters), index, ids) for index, value in enumerate(values)]
    if _apart:
        params = [pytest.param(*values, id=label) for label, values in cases]
        return pytest.mark.parametrize(parameters, params)

    def together(test: Test) -> Test:
        @wraps(test)
        def run_all(*positional: Any, **named: Any) -> None:
            failures: list[BaseException] = []
            for label, values in cases:
                try:
                    test(*positional, **named, **dict(zip(parameters, values, strict=True)))
                except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:
                    error.add_note(f"In the case {label}")
                    failures.append(error)
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(cases)} cases fail", failures)

        own = signature(test)
        others = [parameter for name, parameter in own.parameters.items() if name not in parameters]
        run_all.__signature__ = own.replace(parameters=others)  # type: ignore[attr-defined]
        return run_all

    return together


def _case(value: Any, count: int, index: int, ids: Ids) -> tuple[str, tuple[Any, ...]]:
    """The id and the values of a case, given as `parametrize` takes it."""
    label = None
    if isinstance(value, type(pytest.param())):
        assert not value.marks, "a case of `each` may have no mark of its own"
        label, values = value.id, tuple(value.values)
    else:
        values = (value,) if count == 1 else tuple(value)
    if ids is not None and not callable(ids):
        label = ids[index]
    elif not label:
        label = "-".join(str((ids and ids(item)) or _word(item)) for item in values)
    return str(label), values


def _word(value: Any) -> str:
    """A value in an id, in one line that is not too long."""
    text = str(getattr(value, "__name__", value)).encode("unicode_escape").decode("ascii")
    return text if len(text) <= 60 else f"{text[:57]}..."
