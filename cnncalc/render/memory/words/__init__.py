"""Words for people about memory: how a network is run, what a remedy changes, how long a workspace is held."""

from cnncalc.render.memory.words.setup import describe_setup

__all__ = ["describe_setup"]
