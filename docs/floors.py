"""Tables of CONTRIBUTING.md about the package: its floors, from the import contract, and groups of facts of layers."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def floors() -> list[list[str]]:
    """Rooms by floor, from the top one down."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[room.strip(" ()") for room in floor.replace(":", "|").split("|")] for floor in layers]


def summary(room: str) -> str:
    """The first sentence of a room's docstring."""
    path = ROOT / "cnncalc" / room / "__init__.py"
    if not path.exists():
        path = ROOT / "cnncalc" / f"{room}.py"
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(doc.split("\n\n")[0].split()).replace("|", "\\|")


def drawn() -> str:
    """The floors, highest first."""
    rooms = floors()
    lines = ["```mermaid", "flowchart TD"]
    for number, floor in enumerate(rooms):
        lines.append(f'    floor{number}["{" | ".join(floor)}"]')
    lines += [f"    floor{number} --> floor{number + 1}" for number in range(len(rooms) - 1)]
    lines += ["```", "", "| floor | room | what lives there |", "|---:|---|---|"]
    for number, floor in enumerate(rooms):
        lines += [f"| {len(rooms) - number} | `{room}` | {summary(room)} |" for room in floor]
    return "\n".join(lines)


def rooms_of_memory() -> str:
    """The rooms of `cnncalc.memory` by floor: folders and files, with what they hold."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = (
        contract["layers"]
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract.get("containers") == ["cnncalc.memory"]
    )
    lines = ["| floor | room | what lives there |", "|---:|---|---|"]
    for number, floor in enumerate(layers):
        for room in floor.split("|"):
            name = room.strip()
            lines.append(f"| {len(layers) - number} | `{name}` | {summary(f'memory/{name}')} |")
    return "\n".join(lines)


def groups() -> str:
    """The groups of facts that many layers share: the class, its file, what it says of them, the facts it answers."""
    lines = ["| group | file | what it says of a layer | answers |", "|---|---|---|---|"]
    for file in ("groups", "layouts"):
        tree = ast.parse((ROOT / "cnncalc" / "vocabulary" / f"{file}.py").read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                doc = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split()).replace("|", "\\|")
                facts = [
                    f"`{part.name}`"
                    for part in node.body
                    if isinstance(part, ast.FunctionDef) and not part.name.startswith("_")
                ]
                lines.append(f"| `{node.name}` | `{file}` | {doc} | {', '.join(facts)} |")
    return "\n".join(lines)
