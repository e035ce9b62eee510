"""The hooks as pre-commit runs them: the repository cloned, its environment made, the hooks run over a repository.

pre-commit makes an environment and installs the package into it, as it does for everybody; nothing is downloaded. What
the build and the program need lies on `PYTHONPATH`: the packages of this environment, less cnncalc itself and pip. So
what runs is the package that was built from the clone.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What the package is built from.
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "cnncalc", "specs")
CLEAN = "cnncalc: 1\ninput: 11x11x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"
FAULTY = CLEAN.replace("11x11", "10x10")
MENDABLE = "\ufeff" + CLEAN


def installed() -> dict[str, Path]:
    """The files and folders of all packages that this Python can import, by name.

    They can be in several folders: an environment may use the packages of another one, by a `.pth` file or by
    `--system-site-packages`. As in an import, the first folder counts.
    """
    paths: dict[str, Path] = {}
    for folder in map(Path, sys.path):
        if folder.name in ("site-packages", "dist-packages") and folder.is_dir():
            paths = {path.name: path for path in folder.iterdir()} | paths
    return paths


def environment(folder: Path) -> dict[str, str]:
    """One in which nothing is downloaded, and nothing of this machine's pre-commit or git is used."""
    packages = folder / "packages"
    packages.mkdir()
    for name, path in installed().items():
        if not name.startswith(("cnncalc", "_cnncalc", "pip", "setuptools", "torch", "__")):
            (packages / name).symlink_to(path)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PIP_", "PRE_"))
    }
    author = {
        f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    return {
        **kept,
        **author,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PRE_COMMIT_HOME": str(folder / "home"),
        "PYTHONPATH": str(packages),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        # pip reads this as the value of "build isolation".
        "PIP_NO_BUILD_ISOLATION": "0",
        "VIRTUALENV_NO_DOWNLOAD": "1",
        "NO_COLOR": "1",
    }


class Repository:
    """A git repository to run the hooks over."""

    def __init__(self, folder: Path, hooks: Path, environment: dict[str, str]) -> None:
        self.folder, self.hooks, self.environment = folder, hooks, environment
        folder.mkdir()
        git(folder, environment, "init", "-q", "-b", "main")

    def put(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        git(self.folder, self.environment, "add", name)
        return path

    def run(self, hook: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose", "--color=never", hook],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )


def git(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository whose configuration names the hooks, at the commit of a clone of this one."""
    folder = tmp_path_factory.mktemp("pre-commit")
    settings = environment(folder)
    hooks = folder / "cnncalc"
    hooks.mkdir()
    for name in BUILT_FROM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, hooks / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, hooks / name)
    git(hooks, settings, "init", "-q", "-b", "main")
    git(hooks, settings, "add", ".")
    git(hooks, settings, "commit", "-q", "-m", "cnncalc")
    revision = git(hooks, settings, "rev-parse", "HEAD")
    repository = Repository(folder / "nets", hooks, settings)
    listed = "".join(f"      - id: {hook}\n" for hook in ("cnncalc", "cnncalc-fix"))
    repository.put(
        ".pre-commit-config.yaml", f"repos:\n  - repo: {hooks}\n    rev: {revision}\n    hooks:\n{listed}"
    )
    return repository


def test_the_build_backend_is_among_the_packages(repository: Repository) -> None:
    """Without it pip only says that it cannot prepare metadata."""
    assert (Path(repository.environment["PYTHONPATH"]) / "hatchling").is_dir()


@pytest.mark.long
def test_hooks_check_and_fix(repository: Repository) -> None:
    # A YAML file that is not a spec is not an error.
    repository.put("compose.yaml", "services: {}\n")
    repository.put("nets/clean.yaml", CLEAN)
    done = repository.run("cnncalc")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checked 1 spec" in done.stdout
    # What ran was built from the clone, in an environment of its own.
    assert list((repository.hooks.parent / "home").glob("*/py_env-*/bin/cnncalc"))

    faulty = repository.put("nets/faulty.yaml", FAULTY)
    done = repository.run("cnncalc")
    assert done.returncode == 1
    assert "error[S001] stride-drops-input" in done.stdout
    assert "--> nets/faulty.yaml:4:" in done.stdout
    git(repository.folder, repository.environment, "rm", "-q", "--cached", "nets/faulty.yaml")
    faulty.unlink()

    mendable = repository.put("nets/mendable.yaml", MENDABLE)
    assert repository.run("cnncalc").returncode == 1
    done = repository.run("cnncalc-fix")
    # pre-commit itself fails a hook that has changed files.
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert mendable.read_text(encoding="utf-8") == CLEAN
    git(repository.folder, repository.environment, "add", ".")
    assert repository.run("cnncalc-fix").returncode == 0


def test_the_manifest_is_valid() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    assert subprocess.run(command, check=False).returncode == 0
