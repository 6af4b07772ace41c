"""Floor 2, above people: who the customers are, how we know them, what they agreed to."""
