"""Patterns of files."""

import pytest

from cnncalc.lint.patterns import matches


@pytest.mark.parametrize(
    ("pattern", "path", "meant"),
    [
        ("net.yaml", "net.yaml", True),
        ("net.yaml", "sub/deep/net.yaml", True),
        ("net.yaml", "other-net.yaml", False),
        ("*.yaml", "sub/net.yaml", True),
        ("old", "old/net.yaml", True),
        ("old/", "sub/old/net.yaml", True),
        ("old", "older/net.yaml", False),
        ("sub/*.yaml", "sub/net.yaml", True),
        ("sub/*.yaml", "sub/deep/net.yaml", False),
        ("sub/*.yaml", "top/sub/net.yaml", False),
        ("./sub/*", "sub/net.yaml", True),
        ("/net.yaml", "net.yaml", True),
        ("/net.yaml", "sub/net.yaml", False),
        ("sub/**", "sub/deep/net.yaml", True),
        ("**/old/*.yaml", "old/net.yaml", True),
        ("**/old/*.yaml", "a/b/old/net.yaml", True),
        ("net?.yaml", "net1.yaml", True),
        ("net?.yaml", "net12.yaml", False),
        ("net[12].yaml", "net2.yaml", True),
        ("net[!12].yaml", "net2.yaml", False),
        ("net[.yaml", "net[.yaml", True),
        ("a+b.yaml", "a+b.yaml", True),
        ("*", "anything/at/all", True),
    ],
)
def test_mean_files(pattern: str, path: str, meant: bool) -> None:
    assert matches(pattern, path) is meant
