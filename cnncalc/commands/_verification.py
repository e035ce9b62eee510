"""Verifying one spec, or all that are shipped: what is written, and the exit status."""

from collections.abc import Iterator

import click

from cnncalc import zoo
from cnncalc.commands._format import FormatOutput, format_for
from cnncalc.commands._progress import bars
from cnncalc.commands._run import CLEAN, FAILED, FINDINGS, show_findings, status
from cnncalc.commands._verifier import graph_of, name_of
from cnncalc.commands._verify_events import Event, RefusedNetwork, RunFailed, VerifySettings, raise_failed
from cnncalc.commands._verifying import Verifier
from cnncalc.pytorch.fitness import faults
from cnncalc.pytorch.outcome import Verification
from cnncalc.render.verification import Verified

# An error in this program.
INTERNAL = 70


def verify_one(reference: str, settings: VerifySettings, format: str) -> int:
    """One spec, every line."""
    renderer = format_for(format, "verification")
    graph = graph_of(reference, settings, quiet=False)
    answer: Event | None = None
    # What can be seen without PyTorch is said without it.
    if refused := faults(graph):
        answer = RefusedNetwork(name_of(graph), refused)
    else:
        with Verifier(settings, graph) as verifier, bars() as shown:
            shown.network("verify", total=1)
            for answer in verifier.answers(reference):
                shown.follow(answer)
    output = FormatOutput(renderer)
    match answer:
        case Verification():
            output.write(renderer.verification(Verified(reference, answer.name, answer), output.width))
            return CLEAN if answer.ok else FINDINGS
        case RefusedNetwork(name, diagnostics):
            if renderer.holds_diagnostics:
                verified = Verified(reference, name, diagnostics=diagnostics)
                output.write(renderer.verification(verified, output.width))
            else:
                show_findings(diagnostics, graph.sources)
            return status(diagnostics)
        case RunFailed():
            raise_failed(name_of(graph), answer)
    raise AssertionError(answer)


def verify_all(settings: VerifySettings, format: str) -> int:
    """Every shipped spec, a line each. One that can't be run has a line that says why, and the others are run."""
    if settings.values:
        raise click.UsageError("--set is for one SPEC, not for --all")
    if settings.inputs:
        raise click.UsageError("--input is for one SPEC, not for --all")
    renderer = format_for(format, "verifications")
    output = FormatOutput(renderer)
    run = ShippedSpecs(settings)
    output.write(renderer.verifications(run.verified(), output.width))
    return run.status


class ShippedSpecs:
    """Verifies the shipped specs one by one; `status` is the worst exit status so far."""

    def __init__(self, settings: VerifySettings) -> None:
        self._settings = settings
        self.status = CLEAN

    def verified(self) -> Iterator[Verified]:
        """What came of each. While the bar is stopped, whoever takes it can write."""
        names = zoo.names()
        with Verifier(self._settings) as verifier, bars() as shown:
            for number, name in enumerate(names, start=1):
                shown.network(name, total=len(names))
                answer: Event | None = None
                for answer in verifier.answers(name):
                    shown.follow(answer)
                shown.done()
                shown.pause()
                yield self._verified(name, answer)
                if number < len(names):
                    verifier.ready()
                    shown.resume()

    def _verified(self, name: str, answer: Event | None) -> Verified:
        match answer:
            case Verification():
                self._note(CLEAN if answer.ok else FINDINGS)
                return Verified(name, answer.name, answer)
            case RefusedNetwork(full, diagnostics):
                self._note(status(diagnostics))
                return Verified(name, full, diagnostics=diagnostics)
            case RunFailed(full, error, traceback):
                self._note(INTERNAL if traceback else FAILED)
                return Verified(name, full, error=f"an error in cnncalc: {error}" if traceback else error)
        raise AssertionError(answer)

    def _note(self, status: int) -> None:
        self.status = max(self.status, status)
