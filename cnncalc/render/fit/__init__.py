"""The report of `fit`: text for people, JSON for programs."""
