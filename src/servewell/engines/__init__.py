"""Engines compute: pure functions and frozen data, no Django, no clock, no network, no database of their own."""
