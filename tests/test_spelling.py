"""Words that are suggested for a wrong one, and words that are not."""

from hypothesis import given
from hypothesis import strategies as st

from cnncalc import layers
from cnncalc.memory.device.gpus import GPU, gpu_named
from cnncalc.spec.document import KEYS
from cnncalc.spec.guessing import alike, nearest
from cnncalc.spelling import distance, slips_in, spelled_like
from tests._each import each

LETTERS = st.text("abc", max_size=6)


@each(
    ("word", "meant"),
    [
        ("covn", "conv"),
        ("con", "conv"),
        ("kernal", "kernel"),
        ("droput", "dropout"),
        ("sofmax", "softmax"),
        ("lstn", "lstm"),
        ("cf", "fc"),
        ("maxpol", "maxpool"),
        ("strdie", "stride"),
        ("paddingg", "padding"),
    ],
)
def test_a_word_with_few_wrong_letters_is_like_the_right_one(word: str, meant: str) -> None:
    known = (*layers.names(), "kernel", "stride", "padding")
    assert spelled_like(word, known)[0] == meant
    assert meant in alike(word, known)


@each(
    "word",
    [
        "house",
        "tree",
        "moon",
        "head",
        "stem",
        "fan",
        "fed",
        "water",
        "in",
        "xx",
        "relay",
        "cube",
        "swim",
        "input",
    ],
)
def test_a_word_that_means_something_else_is_like_no_layer(word: str) -> None:
    assert spelled_like(word, layers.names()) == ()
    assert nearest(word, layers.names()) is None


@each(
    ("word", "known"),
    [
        ("sauce", KEYS),
        ("clam", KEYS),
        ("put", KEYS),
        ("bat", ("batch",)),
        ("gpu7", ("cpu", "cuda")),
        ("a", ("b", "c")),
    ],
)
def test_a_word_is_not_like_one_with_more_than_a_third_of_other_letters(
    word: str, known: tuple[str, ...]
) -> None:
    assert spelled_like(word, known) == ()


@each(
    ("word", "listed"),
    [
        ("head", set[str]()),
        ("stem", set[str]()),
        ("conv2", {"conv1", "conv3"}),
        ("pool", {"pool1"}),
        ("stage1.conv", {"stage1.conv1"}),
    ],
)
def test_names_that_are_listed_are_near(word: str, listed: set[str]) -> None:
    names = ("conv1", "conv3", "pool1", "fc1", "mean1", "relu1", "lstm1", "stage1.conv1", "add1")
    assert set(alike(word, names)) == listed


def test_a_gpu_that_is_like_none_has_no_suggestion() -> None:
    assert gpu_named("toaster") == ()
    near = gpu_named("rtx 4091")
    assert not isinstance(near, GPU)
    assert "RTX 4090" in " ".join(near)


def test_the_number_of_slips_grows_with_the_word() -> None:
    assert [slips_in("x" * length) for length in range(1, 10)] == [0, 0, 1, 1, 1, 2, 2, 2, 2]


@given(LETTERS, LETTERS)
def test_the_distance_is_symmetric_and_0_for_equal_words_only(text: str, other: str) -> None:
    assert distance(text, other) == distance(other, text)
    assert (distance(text, other) == 0) == (text == other)


@given(LETTERS, LETTERS)
def test_what_is_like_a_word_is_near_it(text: str, other: str) -> None:
    if spelled_like(text, (other,)):
        assert distance(text, other) <= max(slips_in(text), 1)


@each(
    ("text", "other", "letters"),
    [("covn", "conv", 1), ("kernal", "kernel", 1), ("", "abc", 3), ("abc", "ca", 3)],
)
def test_the_distance(text: str, other: str, letters: int) -> None:
    assert distance(text, other) == letters
