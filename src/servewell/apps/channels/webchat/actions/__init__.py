"""What can a visitor do?"""

from servewell.apps.channels.webchat.actions.greeting import Hello, forget, hello, note_life
from servewell.apps.channels.webchat.actions.writing import write

__all__ = ["Hello", "forget", "hello", "note_life", "write"]
