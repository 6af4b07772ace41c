"""Floor 7: flows that run. Today only its vocabulary."""
