"""Floor 7: flows that run. Today the reception: what a new contact gets by rule."""
