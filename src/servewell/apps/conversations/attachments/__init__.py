"""Files of messages: sent before the message, seen by who may read the conversation, served as nothing that acts."""
