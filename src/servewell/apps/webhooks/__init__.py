"""Floor 8: calls to other systems when something happens here."""
