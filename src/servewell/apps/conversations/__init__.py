"""Floor 3: conversations, what is said in them, and the lists in which they are found."""
