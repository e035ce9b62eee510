"""Which calls of a recording lead to its outputs, and which tensors depend on its inputs."""

from cnncalc.pytorch.capture.recording import Recording, refs


def live(recording: Recording) -> tuple[set[int], set[int]]:
    """The numbers of the calls that the outputs depend on, and those of the tensors."""
    wanted = {ref.number for ref in refs(recording.output)}
    calls: set[int] = set()
    for index in range(len(recording.calls) - 1, -1, -1):
        call = recording.calls[index]
        if any(ref is not None and ref.number in wanted for ref in call.outputs):
            calls.add(index)
            wanted.update(ref.number for ref in call.reads)
    return calls, wanted


def dependent(recording: Recording) -> set[int]:
    """The numbers of the tensors that depend on the inputs."""
    numbers = {ref.number for ref in recording.inputs.values()}
    for call in recording.calls:
        if any(ref.number in numbers for ref in call.reads):
            numbers.update(ref.number for ref in call.outputs if ref is not None)
    return numbers
