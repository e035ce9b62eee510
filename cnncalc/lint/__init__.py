"""The linter: configuration, selection, suppressions and fixes. The rules are in `rules`."""
