"""How many cases a test draws: few in `make test`, many in `make test-all`, as many as asked in `make fuzz`.

The first two draw the same cases on every run; `make fuzz` draws others each time.
"""

from hypothesis import settings

PROFILE = settings.get_current_profile_name()
FUZZING = PROFILE == "fuzz"
DEEP = PROFILE in ("deep", "fuzz")


def cases(few: int, many: int, *, of: int = 1) -> int:
    """How many cases to draw: `few`; `many`; or one of every `of` cases that are asked for, and at least `many`."""
    if FUZZING:
        return max(many, settings().max_examples // of)
    return many if DEEP else few
