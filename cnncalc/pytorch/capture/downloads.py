"""Code runs without a connection."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def no_downloads() -> Iterator[None]:
    """Code that connects to a server while this lasts gets an error that says why."""
    import socket

    def refuse(*arguments: Any, **keywords: Any) -> Any:
        raise OSError(
            "cnncalc downloads nothing: make the model without weights (weights=None, pretrained=False)"
        )

    before = {name: getattr(socket, name) for name in ("create_connection", "getaddrinfo")}
    variables = {name: os.environ.get(name) for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")}
    try:
        for name in before:
            setattr(socket, name, refuse)
        os.environ.update(dict.fromkeys(variables, "1"))
        yield
    finally:
        for name, function in before.items():
            setattr(socket, name, function)
        for name, value in variables.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
