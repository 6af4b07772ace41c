"""API: any outside system hands in what customers wrote and fetches, or is told, what we answer."""
