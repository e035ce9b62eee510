"""Rules of the limits in `budget`: without a limit they have nothing to check."""
