"""Which calls of a recording lead to its outputs."""

from cnncalc.pytorch.capture.recording import READS_VALUES, Recording, refs


def live(recording: Recording) -> set[int]:
    """The numbers of the calls that the outputs depend on, and of those that read the values of a tensor."""
    wanted = {ref.number for ref in refs(recording.output)}
    found: set[int] = set()
    for index in range(len(recording.calls) - 1, -1, -1):
        call = recording.calls[index]
        reads_values = call.short in READS_VALUES
        if reads_values or any(ref is not None and ref.number in wanted for ref in call.outputs):
            found.add(index)
            wanted.update(ref.number for ref in call.reads)
    return found
