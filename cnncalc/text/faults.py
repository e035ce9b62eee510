"""The Y family: errors in the text of a spec, before the spec language is read."""

from cnncalc.diagnostic import DiagnosticKind, Severity

_HEAD = "cnncalc: 1\ninput: 32x32x3\n"
_CONV = _HEAD + "layers:\n  - conv: {filters: 8, kernel: 3}\n"

UNREADABLE = DiagnosticKind(
    "Y001",
    "unreadable-file",
    Severity.ERROR,
    what="The file is missing, cannot be read, or is a folder, a pipe, a device, a socket or a loop of links.",
    why="A spec that cannot be opened cannot be checked.",
    invalid="",
    valid="",
)
NOT_UTF_8 = DiagnosticKind(
    "Y002",
    "not-utf-8",
    Severity.ERROR,
    what="The file contains bytes that are not UTF-8 text.",
    why="A wrong guess of the encoding would change names, so a spec is always UTF-8.",
    invalid="",
    valid="",
    source="YAML 1.2.2, section 5.2",
)
CONTROL_CHARACTER = DiagnosticKind(
    "Y003",
    "control-character",
    Severity.ERROR,
    what="The text contains an invisible character: NUL, an escape, a lone surrogate, a stray line separator.",
    why="A name with such a character looks like another name, and a terminal may execute it instead of showing it.",
    invalid=_HEAD + 'name: "Le\\x07Net"\nlayers:\n  - relu\n',
    valid=_HEAD + 'name: "LeNet"\nlayers:\n  - relu\n',
    source="YAML 1.2.2, section 5.1",
)
FILE_TOO_LARGE = DiagnosticKind(
    "Y004",
    "file-too-large",
    Severity.ERROR,
    what="The file is larger than 1 MiB.",
    why="The largest published networks fit in a few kilobytes; a file of this size is not a spec, and is not read.",
    invalid="",
    valid="",
)
YAML_SYNTAX = DiagnosticKind(
    "Y005",
    "yaml-syntax",
    Severity.ERROR,
    what="The text is not YAML: a bracket or quote is left open, or the indentation does not fit.",
    why="Reading stops here, because the rest of the text has no clear meaning.",
    invalid=_HEAD + "layers:\n  - conv: {filters: 8, kernel: 3\n  - relu\n",
    valid=_HEAD + "layers:\n  - conv: {filters: 8, kernel: 3}\n  - relu\n",
    source="YAML 1.2.2",
)
NESTED_TOO_DEEP = DiagnosticKind(
    "Y006",
    "nested-too-deep",
    Severity.ERROR,
    what="Lists and mappings are nested more than 32 levels deep.",
    why="A dozen levels are enough for a network; deeper text is a mistake or an attack.",
    invalid=_HEAD + "layers: " + "[" * 40 + "relu" + "]" * 40 + "\n",
    valid=_HEAD + "layers: [relu]\n",
)
TOO_MANY_NODES = DiagnosticKind(
    "Y007",
    "too-many-nodes",
    Severity.ERROR,
    what="The text contains more than 200,000 words, lists and mappings.",
    why="Use `repeat` and `blocks` for a large network: the text stays short.",
    invalid="",
    valid="",
)
ALIAS = DiagnosticKind(
    "Y008",
    "alias",
    Severity.ERROR,
    what="The text uses a YAML anchor (`&name`) or alias (`*name`).",
    why="A few lines with aliases can expand to billions of nodes. `blocks` and `defaults` do the same "
    "with names and parameters.",
    invalid=_HEAD + "layers:\n  - conv: &three {filters: 8, kernel: 3}\n  - conv: *three\n",
    valid=_HEAD + "defaults: {conv: {filters: 8, kernel: 3}}\nlayers:\n  - conv\n  - conv\n",
    source="YAML 1.2.2, section 7.1",
)
TAG = DiagnosticKind(
    "Y009",
    "tag",
    Severity.ERROR,
    what="The text uses a YAML tag (`!name` or `!!type`).",
    why="Tags change how a value is read, or create objects; a spec is plain data.",
    invalid=_HEAD + "layers:\n  - conv: {filters: !!int 8, kernel: 3}\n",
    valid=_CONV,
    source="YAML 1.2.2, section 6.9.1",
)
DIRECTIVE = DiagnosticKind(
    "Y010",
    "directive",
    Severity.ERROR,
    what="The text uses a YAML directive (a line that starts with `%`).",
    why="A spec is always read by the rules of YAML 1.2.",
    invalid="%YAML 1.2\n---\n" + _CONV,
    valid=_CONV,
    source="YAML 1.2.2, section 6.8",
)
SEVERAL_DOCUMENTS = DiagnosticKind(
    "Y011",
    "several-documents",
    Severity.ERROR,
    what="The text contains more than one YAML document.",
    why="One file is one network; the text after the second `---` would be lost.",
    invalid=_CONV + "---\n" + _CONV,
    valid=_CONV,
    source="YAML 1.2.2, section 9.2",
)
DUPLICATE_KEY = DiagnosticKind(
    "Y012",
    "duplicate-key",
    Severity.ERROR,
    what="A mapping has the same key twice.",
    why="Most YAML readers use the last value without a warning, so one of the two values would be ignored.",
    invalid=_HEAD + "layers:\n  - conv: {filters: 8, kernel: 3, filters: 16}\n",
    valid=_CONV,
    source="YAML 1.2.2, section 3.2.1.1",
)
NON_STRING_KEY = DiagnosticKind(
    "Y013",
    "non-string-key",
    Severity.ERROR,
    what="A key is a number, true, false, null, a list or a mapping.",
    why="Every key of a spec is a word; another key usually means that a colon or a comma is at the wrong place.",
    invalid=_HEAD + "layers:\n  - conv: {filters: 8, 3: 3}\n",
    valid=_CONV,
)
MERGE_KEY = DiagnosticKind(
    "Y014",
    "merge-key",
    Severity.ERROR,
    what="A mapping uses the merge key `<<`.",
    why="Merging is not part of YAML 1.2, and readers do not agree on it. Use `defaults` instead.",
    invalid=_HEAD + "layers:\n  - conv: {<<: {filters: 8}, kernel: 3}\n",
    valid=_CONV,
    source="https://yaml.org/type/merge.html",
)
AMBIGUOUS_SCALAR = DiagnosticKind(
    "Y015",
    "ambiguous-scalar",
    Severity.ERROR,
    what="YAML 1.1 and YAML 1.2 read this word differently (`yes`, `010`, `1_000`, `12:30`, a date, `.inf`).",
    why="Two programs could read two different networks from one file.",
    invalid=_HEAD + "layers:\n  - conv: {filters: 8, kernel: 3, bias: no}\n",
    valid=_HEAD + "layers:\n  - conv: {filters: 8, kernel: 3, bias: false}\n",
    source="YAML 1.2.2, section 10.3.2, against https://yaml.org/type/",
)
NUMBER_TOO_LONG = DiagnosticKind(
    "Y016",
    "number-too-long",
    Severity.ERROR,
    what="An integer has more than 18 digits, or a decimal number is too large to be finite.",
    why="No network has such a size, and arithmetic with such numbers can take very long.",
    invalid=_HEAD + "layers:\n  - conv: {filters: 8000000000000000000, kernel: 3}\n",
    valid=_CONV,
)
EMPTY_SPEC = DiagnosticKind(
    "Y017",
    "empty-spec",
    Severity.ERROR,
    what="The file is empty, or has only comments.",
    why="There is no network to compute.",
    invalid="# to be written\n",
    valid=_CONV,
)
CRLF_LINE_ENDINGS = DiagnosticKind(
    "Y018",
    "crlf-line-endings",
    Severity.WARNING,
    what="Lines end with a carriage return, as some editors on Windows and old Macintosh computers write them.",
    why="The spec can still be read, but version control shows every line as changed when it is saved "
    "elsewhere.",
    invalid=_CONV.replace("\n", "\r\n"),
    valid=_CONV,
    source="YAML 1.2.2, section 5.4",
)
BYTE_ORDER_MARK = DiagnosticKind(
    "Y019",
    "byte-order-mark",
    Severity.WARNING,
    what="The file starts with a byte order mark.",
    why="UTF-8 does not need it, and other tools read it as a part of the first key.",
    invalid="\ufeff" + _CONV,
    valid=_CONV,
    source="YAML 1.2.2, section 5.2",
)
TAB_INDENTATION = DiagnosticKind(
    "Y020",
    "tab-indentation",
    Severity.ERROR,
    what="A line is indented with a tab.",
    why="The width of a tab depends on the editor, so YAML allows only spaces for indentation.",
    invalid=_HEAD + "layers:\n\t- conv: {filters: 8, kernel: 3}\n",
    valid=_CONV,
    source="YAML 1.2.2, section 6.1",
)

FAULTS: tuple[DiagnosticKind, ...] = tuple(
    value for value in list(vars().values()) if isinstance(value, DiagnosticKind)
)
