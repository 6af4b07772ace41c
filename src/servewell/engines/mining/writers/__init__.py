"""Writes event logs for other tools: XES, OCEL 2.0, CSV."""
