"""Text that a spec, or a file's name, brings into Markdown does nothing there."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cnncalc.render._markdown import NOTHING, line, safe

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# References as GitHub and GitLab read them, in text that is rendered.
REFERENCE = re.compile(
    r"[@#!~%^$&][\w\"'/-]|\bGH-\d|://|\bwww\.|:[\w+-]+:|\b(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b", re.I
)
TEXTS = st.text(
    st.one_of(st.sampled_from("@#:/!~%^$&<>[]()*_`|\\\"' \n\tab01-+.=w\u202e\x1b"), st.characters()),
    max_size=40,
)
TAGS = {"###": ("<h3>", "</h3>"), "-": ("<ul>\n<li>", "</li>\n</ul>"), "Source:": ("<p>Source:", "</p>")}


@pytest.mark.parametrize("begin", TAGS)
@given(TEXTS)
def test_any_text_is_text_alone(begin: str, text: str) -> None:
    rendered = READER.render(f"{begin} {safe(text)}\n").strip()
    first, last = TAGS[begin]
    assert rendered.startswith(first)
    assert rendered.endswith(last)
    inside = rendered[len(first) : len(rendered) - len(last)]
    assert "<" not in inside
    shown = re.sub(
        r"&(amp|lt|gt|quot);", lambda match: {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}[match[1]], inside
    )
    assert not REFERENCE.search(shown)


@given(TEXTS, TEXTS)
def test_any_text_is_one_cell(text: str, other: str) -> None:
    table = line(["a", "b"]) + line(["---", "---"]) + line([safe(text), safe(other)])
    rendered = READER.render(table)
    assert rendered.count("<td>") == 2
    assert len(re.findall(r"<[a-z/]", re.sub(r"</?(?:table|thead|tbody|tr|th|td)>", "", rendered))) == 0


@given(TEXTS)
def test_nothing_is_lost_but_how_spaces_stand(text: str) -> None:
    printable = "".join(sign for sign in text if sign.isprintable() or sign.isspace())
    rendered = READER.renderInline(safe(f"x{printable}x")).replace("\u200b", "")
    back = re.sub(
        r"&(amp|lt|gt|quot);",
        lambda match: {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}[match[1]],
        rendered,
    )
    expected = " ".join(f"x{printable}x".split()).replace("\u200b", "")
    assert re.sub(r"\\[xuU][0-9a-f]+", "", back) == re.sub(r"\\[xuU][0-9a-f]+", "", expected)


@pytest.mark.parametrize(
    "text",
    ["@octocat", "#123", "GH-12", "https://a.b", "www.a.b", "a@b.c", ":tada:", "$x$", "!1", "~bug", "%3",
     "o/r#1", "deadbeef", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"],
)  # fmt: skip
def test_a_reference_is_split(text: str) -> None:
    assert NOTHING in safe(text)
    assert READER.renderInline(safe(text)).replace("\u200b", "") == text


@pytest.mark.parametrize("text", ["VGG-16 · input 224x224x3", "50% of 10, 3 # x", "a - b", "1,728 = 3:4"])
def test_plain_words_stay_plain(text: str) -> None:
    assert safe(text) == text
