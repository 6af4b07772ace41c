"""Floor 9: diagnosis from the journal and from imported logs."""
