"""Compares a spec with the PyTorch code that it was imported from: figures, and outputs with the same weights."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor, fx, nn

from cnncalc.api import load
from cnncalc.graph import Graph, Node
from cnncalc.importers import Draft, document, matching
from cnncalc.pytorch.assemble import build
from cnncalc.pytorch.fitness import faults
from cnncalc.pytorch.proof.compared_outputs import LEAST_SPREAD, distinct, match, spread
from cnncalc.pytorch.proof.figures import figures
from cnncalc.pytorch.proof.first import first_difference
from cnncalc.pytorch.proof.outcome import ROUNDING, ROUNDING64, OutputMatch, Proof
from cnncalc.pytorch.proof.room import too_large
from cnncalc.pytorch.proof.running import run_once
from cnncalc.pytorch.proof.varied import strengthen, undrawn, vary
from cnncalc.pytorch.proof.weights import CarriedWeight, NotCarried, carried, share_weights
from cnncalc.vocabulary.unknown import UnknownOperation

# Images of a run: two, so that what mixes images is seen; more in training, where norms use their statistics.
BATCH = {"inference": 2, "training": 4}

# Makes the source's module on a device: `cpu` with its values, `meta` with none.
Make = Callable[[str], nn.Module]


class AnotherNetwork(ValueError):
    """The spec is not the network of the source: `cnncalc.comparison` says what differs."""


def prove(
    draft: Draft,
    graph: Graph,
    make: Make,
    *,
    seed: int = 0,
    limit_bytes: int | None = None,
    note_step: Callable[[str], object] = str,
) -> Proof:
    """Whether `graph`, the spec of a draft in any wording, is the network of the module that `make` makes.

    Parameters, buffers and MACs are compared with the module's; then both run on the same random images, with the
    module's own weights. Weights that begin as one value are random first, in both. What a run would need is compared
    with `limit_bytes` (None: what the machine has left). `note_step` is called with what runs next.

    Raises `AnotherNetwork` if the graph is not that of the draft.
    """
    matched = match_nodes(draft, graph)
    training = graph.mode == "training"
    if reason := _unbuildable(graph) or too_large(graph, BATCH[graph.mode], limit_bytes):
        note_step("the figures of the source")
        counted, notes = figures(draft, graph, make("meta").train(training))
        return Proof(counted, reason=reason, notes=notes)
    note_step("the start of the source's model")
    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed)
        source = make("cpu").train(training)
    return prove_module(draft, graph, matched, source, seed=seed, note_step=note_step)


def prove_module(
    draft: Draft,
    graph: Graph,
    matched: Mapping[str, int],
    source: nn.Module,
    *,
    seed: int = 0,
    note_step: Callable[[str], object] = str,
) -> Proof:
    """The proof with a module that is on the CPU and has values. Its weights are changed.

    `matched` is the node of `graph` for each node of the draft.
    """
    random = torch.Generator().manual_seed(seed)
    try:
        all_carried = carried(draft, graph, matched)
        vary(source, all_carried, graph, random)
        with undrawn():
            model = build(graph)
        model.train(graph.mode == "training")
        share_weights(model, source, all_carried)
    except NotCarried as error:
        counted, notes = figures(draft, graph, source)
        return Proof(counted, reason=f"{error}", notes=notes)
    pair = _Pair(draft, graph, matched, source, model, all_carried)
    return pair.proof(_images(draft, graph.mode, random), random, note_step)


def match_nodes(draft: Draft, graph: Graph) -> dict[str, int]:
    """The node of the graph for each node of the draft. Raises `AnotherNetwork`."""
    plain = load(document(draft), mode=graph.mode)
    pairs = matching(plain, graph)
    if pairs is None:
        raise AnotherNetwork("the spec is not the network of the source")
    return {node.name: pairs[plain[node.name].index] for node in draft.nodes}


def _unbuildable(graph: Graph) -> str:
    """Why PyTorch cannot build the spec; empty if it can."""
    if graph.opaque:
        kinds = dict.fromkeys(f"`{operation(node)}`" for node in graph.opaque)
        count = len(graph.opaque)
        return f"{count} {'operation is' if count == 1 else 'operations are'} unknown: {', '.join(kinds)}"
    diagnostics = faults(graph)
    return diagnostics[0].message if diagnostics else ""


def operation(node: Node) -> str:
    """The name of an operation that has no layer."""
    layer = None if node.fit is None else node.fit.layer
    return layer.op if isinstance(layer, UnknownOperation) else node.kind


def _images(draft: Draft, mode: str, random: torch.Generator) -> list[Tensor]:
    return [torch.randn(BATCH[mode], *shape.torch, generator=random) for shape in draft.inputs.values()]


class _Pair(NamedTuple):
    """Both networks, with the same weights."""

    draft: Draft
    graph: Graph
    matched: Mapping[str, int]
    source: nn.Module
    model: fx.GraphModule
    all_carried: list[CarriedWeight]

    def proof(
        self, images: list[Tensor], random: torch.Generator, note_step: Callable[[str], object]
    ) -> Proof:
        note_step("the figures of the source")
        counted, notes = figures(self.draft, self.graph, self.source, self.model)
        unproven = Proof(counted, notes=notes)
        note_step("the source")
        try:
            theirs = run_once(self.source, images)
            if spread(theirs) < LEAST_SPREAD:
                strengthen(self.source, random)
                share_weights(self.model, self.source, self.all_carried)
                theirs = run_once(self.source, images)
        except Exception as error:
            return unproven._replace(reason=f"the source does not run on the CPU: {_line(error)}")
        note_step("the spec")
        try:
            ours = run_once(self.model, images)
        except (RuntimeError, ValueError) as error:
            return unproven._replace(reason=f"PyTorch does not run the spec: {_line(error)}")
        outputs = self._matches(ours, theirs)
        if outputs is None:
            count = f"{len(theirs)} outputs, the spec {len(self.graph.outputs)}"
            return unproven._replace(reason=f"the source gives {count}")
        proof = unproven._replace(outputs=outputs)
        if spread(theirs) < LEAST_SPREAD:
            return proof._replace(reason="the outputs of the source hardly depend on its input")
        if proof.difference is not None and proof.difference > ROUNDING:
            note_step("both in float64")
            proof = self._in_float64(proof, images)
        if proof.verdict == "differs" and not proof.differing:
            note_step("the first layer that differs")
            first = first_difference(
                self.draft, self.graph, self.matched, self.source, self.model, images, proof.limit
            )
            proof = proof._replace(first=first)
        return proof

    def _matches(self, ours: list[Tensor], theirs: list[Tensor]) -> tuple[OutputMatch, ...] | None:
        names = [self.graph.nodes[index].name for index in self.graph.outputs]
        given = distinct(theirs, len(names))
        if len(given) != len(names):
            return None
        return tuple(match(name, own, other) for name, own, other in zip(names, ours, given, strict=True))

    def _in_float64(self, proof: Proof, images: list[Tensor]) -> Proof:
        """The outputs in float64, where less is rounding; the proof as it is if the source cannot run in it."""
        source, model = self.source.double(), self.model.double()
        wide = [image.double() for image in images]
        try:
            outputs = self._matches(run_once(model, wide), run_once(source, wide))
        except (RuntimeError, ValueError, TypeError):
            outputs = None
        source.float()
        model.float()
        share_weights(self.model, self.source, self.all_carried)
        if outputs is None:
            return proof
        in_float64 = proof._replace(outputs=outputs, dtype="float64", limit=ROUNDING64)
        return in_float64 if in_float64.verdict == "proven" else proof


def _line(error: Exception) -> str:
    words = str(error).strip() or type(error).__name__
    return words.splitlines()[0]
