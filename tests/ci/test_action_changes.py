"""What the GitHub Action says of a pull request: its scripts run in repositories as a runner has them."""

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.ci.test_action import script, steps

OLD = (
    "cnncalc: 1\nname: Net\ninput: 11x11x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n  - relu\n"
)
NEW = OLD.replace("filters: 8", "filters: 16")
FAULTY = OLD.replace("11x11", "10x10")


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *settings, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return done.stdout.strip()


def write(folder: Path, files: dict[str, str | None]) -> None:
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class Said(NamedTuple):
    """What the steps left: the names of pages with their texts, the summary, and what was printed."""

    pages: dict[str, str]
    summary: str
    printed: str
    outputs: dict[str, str]


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository with a spec on its branch `main`, and other files."""
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    write(
        folder, {"nets/net.yaml": OLD, "nets/other.yaml": OLD, "config.yaml": "a: 1\n", "README.md": "nets\n"}
    )
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def pull_request(origin: Path, files: dict[str, str | None], *, shallow: bool = True) -> Path:
    """A checkout of a pull request with changed files: the merge of its branch, as the runner has it."""
    git(origin, "checkout", "-q", "-b", "branch")
    write(origin, files)
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "change")
    git(origin, "checkout", "-q", "main")
    # Meanwhile the base goes on.
    write(origin, {"nets/meanwhile.yaml": NEW})
    git(origin, "add", ".")
    git(origin, "commit", "-q", "-m", "meanwhile")
    git(origin, "checkout", "-q", "--detach")
    git(origin, "merge", "-q", "--no-edit", "branch")
    git(origin, "branch", "merged")
    checkout = origin.parent / "checkout"
    depth = ("--depth=1",) if shallow else ()
    git(origin.parent, "clone", "-q", *depth, "-b", "merged", f"file://{origin}", str(checkout))
    return checkout


def run(checkout: Path, inputs: dict[str, str] | None = None, url: str = "https://example.org/1") -> Said:
    """Run the two steps as the runner does."""
    temp = checkout.parent / "temp"
    temp.mkdir()
    (temp / "output").touch()
    (temp / "summary").touch()
    given = {
        "GITHUB_BASE_REF": "main",
        "GITHUB_OUTPUT": str(temp / "output"),
        "GITHUB_STEP_SUMMARY": str(temp / "summary"),
        "RUNNER_TEMP": str(temp),
    }
    known = {"steps.upload.outputs.artifact-url": url}
    done = script("Draw what changes", checkout, inputs or {}, given, known)
    assert done.returncode == 0, done.stderr
    printed = done.stdout + done.stderr
    outputs = dict(line.split("=", 1) for line in (temp / "output").read_text("utf-8").splitlines())
    if outputs.get("count", "0") != "0":
        done = script("Say what changes", checkout, inputs or {}, given, known)
        assert (done.returncode, done.stderr) == (0, "")
    folder = temp / "cnncalc-changes"
    pages = (
        {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir())} if folder.exists() else {}
    )
    return Said(pages, (temp / "summary").read_text("utf-8"), printed, outputs)


@pytest.mark.parametrize("shallow", [True, False])
def test_a_changed_spec_is_drawn_and_said(origin: Path, shallow: bool) -> None:
    checkout = pull_request(origin, {"nets/net.yaml": NEW}, shallow=shallow)
    said = run(checkout)
    assert list(said.pages) == ["01-nets_net.yaml.html"]
    assert "filters 8 → 16" in said.pages["01-nets_net.yaml.html"]
    assert said.outputs == {"count": "1"}
    heading, _, link, *_ = said.summary.splitlines()
    assert heading == "## What changes in the networks"
    assert link == "[The changes, drawn: a page for each spec](https://example.org/1)"
    assert "\n### Net\n" in said.summary
    assert "| parameters | 224 | 448 | +224 (+100.0%) |" in said.summary


def test_only_specs_that_the_branch_changes_are_drawn(origin: Path) -> None:
    """Not those of the base, nor other YAML files, nor what is gone."""
    checkout = pull_request(
        origin, {"config.yaml": "a: 2\n", "README.md": "more\n", "nets/other.yaml": None}, shallow=False
    )
    said = run(checkout)
    assert (said.pages, said.summary, said.outputs) == ({}, "", {"count": "0"})


def test_a_new_spec_is_drawn_and_a_moved_one_compared(origin: Path) -> None:
    files = {
        "nets/new.yaml": "cnncalc: 1\nname: Newcomer\ninput: 4\nlayers: [{fc: 2}]\n",
        "nets/other.yaml": None,
        "more/other.yaml": NEW,
    }
    said = run(pull_request(origin, files))
    assert list(said.pages) == ["01-more_other.yaml.html", "02-nets_new.yaml.html"]
    assert "filters 8 → 16" in said.pages["01-more_other.yaml.html"]
    assert "<title>Newcomer</title>" in said.pages["02-nets_new.yaml.html"]
    assert "### Newcomer" in said.summary


@pytest.mark.parametrize(("paths", "drawn"), [
    (".", 2), ("nets", 1), ("nets/", 1), ("./nets\n", 1), ("nets/*.yaml\nmore/**/*.yaml", 2), ("gone", 0),
    ("$(touch x)", 0), ("--output=x", 0),
])  # fmt: skip
def test_paths_say_which_specs_are_drawn(origin: Path, paths: str, drawn: int) -> None:
    checkout = pull_request(origin, {"nets/net.yaml": NEW, "more/deep/net.yaml": OLD})
    assert len(run(checkout, {"paths": paths}).pages) == drawn
    assert not (checkout / "x").exists()


@pytest.mark.parametrize("name", [
    "nets/$(touch x).yaml", "nets/-a `touch x`; touch x.yaml", "nets/a\nb\t\"'.yaml", "git:HEAD:net.yaml", "-o x.yaml",
    f"{'long' * 50}.yaml", "nets/<b>&.yml", "vgg16.yaml", "nets/[x]*.yaml",
])  # fmt: skip
def test_the_name_of_a_file_is_no_command(origin: Path, name: str) -> None:
    write(origin, {name: OLD})
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "named")
    checkout = pull_request(origin, {name: NEW})
    said = run(checkout)
    assert len(said.pages) == 1, said.printed
    (page,) = said.pages
    assert set(page) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    assert "filters 8 → 16" in said.pages[page]
    assert not (checkout / "x").exists()
    assert "<b>" not in said.summary


def test_a_spec_with_errors_is_drawn_and_its_errors_are_in_the_log(origin: Path) -> None:
    said = run(pull_request(origin, {"nets/net.yaml": FAULTY, "nets/other.yaml": "cnncalc: 1\ninput: [\n"}))
    assert len(said.pages) == 2
    assert "stride-drops-input" in said.printed
    assert "1 error" in said.summary


def test_without_its_base_nothing_is_drawn_and_that_is_said(origin: Path) -> None:
    checkout = pull_request(origin, {"nets/net.yaml": NEW})
    git(checkout, "remote", "set-url", "origin", "file:///nowhere")
    said = run(checkout)
    assert (said.pages, said.summary, said.outputs) == ({}, "", {})
    assert "::warning::The base of the pull request can't be fetched" in said.printed


@pytest.mark.parametrize("key", ["cnncalc", '"cnncalc"', "'cnncalc' ", "{cnncalc"])
def test_a_spec_is_known_by_its_key(origin: Path, key: str) -> None:
    new = f"{key}: 1, input: 4, layers: [{{fc: 2}}]}}" if "{" in key else NEW.replace("cnncalc", key, 1)
    assert len(run(pull_request(origin, {"nets/net.yaml": new})).pages) == 1


def test_it_is_switched_off_by_an_input_and_only_for_pull_requests() -> None:
    """It runs after findings too, and not where cnncalc could not be installed."""
    condition = " ".join(steps()["Draw what changes"]["if"].split())
    assert condition == (
        "!cancelled() && steps.install.outcome == 'success' && inputs.draw == 'true' "
        "&& github.event_name == 'pull_request'"
    )
    for name in ("Upload the drawings", "Say what changes"):
        assert steps()[name]["if"] == "${{ !cancelled() && steps.draw.outputs.count > 0 }}"
    assert steps()["Upload the drawings"]["with"]["path"] == "${{ runner.temp }}/cnncalc-changes/"


def test_without_an_upload_there_is_no_link(origin: Path) -> None:
    said = run(pull_request(origin, {"nets/net.yaml": NEW}), url="")
    assert said.summary.startswith("## What changes in the networks\n\n### Net\n")


@pytest.mark.long
def test_a_summary_stays_below_what_github_takes(origin: Path) -> None:
    layers = "".join(f"  - conv: {{filters: {count}, kernel: 1}}\n" for count in range(1, 400))
    old = f"cnncalc: 1\nname: {'Long ' * 30}\ninput: 4x4x3\nlayers:\n{layers}"
    files: dict[str, str | None] = {f"nets/many{number:02}.yaml": old for number in range(4)}
    write(origin, dict(files))
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "many")
    said = run(pull_request(origin, {name: old.replace("kernel: 1", "kernel: 3") for name in files}))
    assert len(said.pages) == 4
    assert len(said.summary.encode()) < 1_000_000
