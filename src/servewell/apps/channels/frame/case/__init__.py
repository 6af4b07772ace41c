"""The customer's page: what somebody with a signed link sees of one conversation, and may do."""
