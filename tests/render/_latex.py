"""Reads what cnncalc writes as LaTeX, strictly: anything else than its own few commands is an error."""

import re

# The commands that may be in it: of tables, of lists, and of signs.
COMMANDS = (
    "begin end caption toprule midrule bottomrule endfirsthead endhead endfoot endlastfoot multicolumn item char "
    "textbackslash textasciitilde textasciicircum textless textgreater textbar textendash textemdash ldots "
    "times leq geq neq approx pm rightarrow leftarrow cdot mu ss ae AE o O l L i j u r H v c"
)
TOKEN = re.compile(r"\\([A-Za-z]+)|\\(.)|([{}])|(\$)|(&)|([#%_^~])|([^\\{}$&#%_^~])", re.DOTALL)


def check_latex(text: str) -> list[list[str]]:
    """The rows of its tables, each with the source of its cells. Raises `AssertionError` where it would not compile."""
    assert text.isascii()
    text = re.sub(r"\A% Needs \\usepackage\{booktabs,longtable\}\n", "", text)
    rows: list[list[str]] = []
    depth, math, columns = 0, False, 0
    environments: list[str] = []
    cells = [""]
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        assert match is not None, text[position : position + 40]
        position = match.end()
        word, sign, brace, dollar, cell, special, _ = match.groups()
        if word is not None:
            assert word in COMMANDS.split(), f"\\{word}"
            if word in ("begin", "end"):
                assert depth == 0
                assert not math
                name = re.match(r"\{(longtable|itemize)\}", text[position:])
                assert name is not None
                position += name.end()
                if word == "begin":
                    environments.append(name[1])
                    if name[1] == "longtable":
                        given = re.match(r"\{@\{\}([lr]+)@\{\}\}\n", text[position:])
                        assert given is not None
                        columns, position = len(given[1]), position + given.end()
                else:
                    assert environments.pop() == name[1]
                cells = [""]
                continue
            if word in (
                "toprule",
                "midrule",
                "bottomrule",
                "endfirsthead",
                "endhead",
                "endfoot",
                "endlastfoot",
            ):
                assert environments == ["longtable"]
                assert "".join(cells).strip() == ""
                cells = [""]
                continue
            if word == "multicolumn":
                assert text[position:].startswith(f"{{{columns}}}{{r@{{}}}}{{")
                position += len(f"{{{columns}}}{{r@{{}}}}")
                cells = [""] * columns
            if word == "item":
                assert environments == ["itemize"]
                assert text[position : position + 2] != " ["
        elif sign is not None and sign == "\\":
            assert environments == ["longtable"], "a row ends in a table only"
            assert depth == 0
            assert re.match(r"\s*[*\[]", text[position:]) is None, "an option of the end of the row"
            if not cells[0].startswith("\\caption"):
                assert len(cells) == columns, cells
                rows.append([part.strip() for part in cells])
            cells = [""]
            assert text[position] == "\n"
            position += 1
            continue
        elif sign is not None:
            assert sign in "{}#$%&_`'^~=.\"", f"\\{sign}"
        elif brace is not None:
            depth += 1 if brace == "{" else -1
            assert depth >= 0
        elif dollar is not None:
            math = not math
        elif cell is not None:
            assert environments == ["longtable"]
            assert depth == 0
            cells.append("")
            continue
        elif special is not None:
            assert special == "~", special
        cells[-1] += match[0]
    assert depth == 0
    assert not math
    assert environments == []
    return rows
