"""The proof of an import: the spec, built and fed with the weights of its source, gives the source's outputs."""

from cnncalc.pytorch.proof.outcome import OutputMatch, Proof

__all__ = ["OutputMatch", "Proof"]
