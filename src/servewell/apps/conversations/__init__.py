"""Floor 3: conversations and messages. Today only its vocabulary."""
