"""The demo's desk: customers, conversations and what people work with, as rows that agree with the story's events."""
