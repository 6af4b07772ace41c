"""Reads event logs and turns them into process maps, times, variants, rework and hand-overs."""
