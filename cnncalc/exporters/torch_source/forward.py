"""The lines of a forward: names of variables, and which values are written inside the operation that reads them."""

from collections import Counter
from keyword import iskeyword
from typing import NamedTuple

from cnncalc.exporters.torch_source.flow import Operation, Value
from cnncalc.exporters.torch_source.parts import WIDTH

INDENT = " " * 8
# The longest text of an operand that is written inside another operation.
INLINE = 48


class Waiting(NamedTuple):
    """A value that is not assigned yet: its text, whether that is an operator's, and the number of its operation."""

    value: Value
    text: str
    binds: bool
    number: int


class Forward:
    """The body of one forward."""

    def __init__(
        self, operations: list[Operation], inputs: list[Value], outputs: list[Value], *, stages: bool
    ) -> None:
        self.operations, self.inputs, self.outputs, self.stages = operations, inputs, outputs, stages
        self.lines: list[str] = []
        self.names: dict[int, str] = {}
        self._uses = Counter(id(value) for operation in operations for value in operation.operands)
        self._uses.update(id(value) for value in outputs)
        self._last: dict[int, int] = {}
        for number, operation in enumerate(operations):
            for value in operation.operands:
                self._last[id(value)] = number
        for value in outputs:
            self._last[id(value)] = len(operations)
        # In the order of their computation.
        self._waiting: list[Waiting] = []
        self._held: dict[str, Value] = {}
        self.arguments = self._name_inputs()

    def _name_inputs(self) -> list[str]:
        names = []
        for number, value in enumerate(self.inputs):
            word = "x" if len(self.inputs) == 1 or (not value.name and number == 0) else value.name or "x"
            names.append(self._take(value, word))
        return names

    def _take(self, value: Value, word: str) -> str:
        word = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in word) or "x"
        word = f"x{word}" if word[0].isdigit() else word
        while word in self._held or iskeyword(word) or word in ("self", "torch", "F"):
            word += "_"
        self._held[word] = value
        self.names[id(value)] = word
        return word

    def write(self) -> list[str]:
        for number, operation in enumerate(self.operations):
            self._step(number, operation)
        alone = len(self.outputs) == 1
        texts = self._texts(self.outputs, len(self.operations), whole=not alone, operator=False)
        self._emit("return ", ", ".join(texts), "")
        return self.lines

    def _step(self, number: int, operation: Operation) -> None:
        texts = self._texts(operation.operands, number, whole=operation.repeats, operator=operation.binds)
        text = operation.render(texts)
        (result, *more) = operation.results
        last = number == len(self.operations) - 1 and self.outputs == [result]
        comment = "" if last else operation.comment
        short = len(text) <= INLINE and not operation.repeats
        if not more and self._uses[id(result)] == 1 and not comment and (short or last):
            self._waiting.append(Waiting(result, text, operation.binds, number))
            return
        self._flush()
        self._assign(number, operation.results, text, comment)

    def _texts(self, operands: list[Value], number: int, *, whole: bool, operator: bool) -> list[str]:
        """The text of each operand: what waits is written there, if that keeps the order of the computation.

        With `whole` every operand is a variable. An `operator` needs parentheses around operators in its operands.
        """
        waiting = [item.value for item in self._waiting]
        wanted = [value for value in operands if value in waiting]
        texts: dict[int, str] = {}
        if whole or wanted != waiting[len(waiting) - len(wanted) :]:
            self._flush()
        elif wanted:
            for item in self._waiting[-len(wanted) :]:
                texts[id(item.value)] = f"({item.text})" if operator and item.binds else item.text
            del self._waiting[-len(wanted) :]
        return [texts[id(value)] if id(value) in texts else self.names[id(value)] for value in operands]

    def _flush(self) -> None:
        """Assign what waits, in the order of the computation."""
        waiting, self._waiting = self._waiting, []
        for item in waiting:
            self._assign(item.number, [item.value], item.text, "")

    def _assign(self, number: int, results: list[Value], text: str, comment: str) -> None:
        for word, value in list(self._held.items()):
            if self._last.get(id(value), -1) <= number:
                del self._held[word]
        names = []
        for result in results:
            lasting = result.name and self._uses[id(result)] > 1
            word = "x" if "x" not in self._held and not lasting else result.name or self._free()
            names.append(self._take(result, word))
        self._emit(f"{', '.join(names)} = ", text, comment)

    def _free(self) -> str:
        return next((word for word in "xyzuvw" if word not in self._held), "x")

    def _emit(self, before: str, text: str, comment: str) -> None:
        line = f"{INDENT}{before}{text}"
        note = f"  # {comment}" if comment else ""
        if len(line) + len(note) <= WIDTH:
            self.lines.append(line + note)
            return
        if note:
            self.lines.append(f"{INDENT}# {comment}")
        if len(line) <= WIDTH:
            self.lines.append(line)
            return
        self.lines += broken(before, text, INDENT)


def broken(before: str, text: str, indent: str) -> list[str]:
    """An expression that is too long for a line, as ruff breaks it: the outermost brackets, one operand a line."""
    line = f"{indent}{before}{text}"
    if len(line) <= WIDTH:
        return [line]
    pieces = _operands(text)
    if pieces is not None:
        inner = [f"{indent}    {piece}" for piece in pieces]
        return [f"{indent}{before}(", *inner, f"{indent})"]
    start, items, end = _bracketed(text)
    if items is None:
        return [line]
    lines = [f"{indent}{before}{start}"]
    for item in items:
        item_lines = broken("", item, indent + "    ")
        item_lines[-1] += ","
        lines += item_lines
    return [*lines, f"{indent}{end}"]


def _operands(text: str) -> list[str] | None:
    """The operands of a sum or product at the outermost level, each but the first with its operator."""
    depth, cuts = 0, []
    for position, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 and text.startswith((" + ", " - ", " * ", " / "), position):
            cuts.append(position)
        if depth == 0 and text.startswith((" if ", " else "), position):
            cuts.append(position)
    if not cuts:
        return None
    ends = [*cuts[1:], len(text)]
    return [text[: cuts[0]], *(text[start + 1 : end] for start, end in zip(cuts, ends, strict=True))]


def _bracketed(text: str) -> tuple[str, list[str] | None, str]:
    """The text up to its last outermost bracket, what is inside by commas, and the closing bracket."""
    if not text.endswith((")", "]")):
        return text, None, ""
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        depth += (text[position] in ")]}") - (text[position] in "([{")
        if depth == 0:
            break
    inside, items, start = text[position + 1 : -1], [], 0
    depth = 0
    for place, letter in enumerate(inside):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            items.append(inside[start:place].strip())
            start = place + 1
    items.append(inside[start:].strip())
    return text[: position + 1], [item for item in items if item], text[-1]
