"""What stands for a word in the index? A 63-bit number made of it; negative ones stand for blocks of conversations.

Numbers are half as large as the words. They hide nothing from whoever has the database and a dictionary, and need not:
the messages lie beside them. That two of ten million words share one has a probability of five in a million.
"""

from functools import lru_cache
from hashlib import blake2b

BLOCK = (
    4096  # conversations, neighbours by number, that share a key: the newest are found without looking at the others
)


@lru_cache(maxsize=200_000)
def of_word(word: str) -> int:
    """Return the key of a token."""
    digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def of_note(word: str) -> int:
    """Return the key that a token has besides where it stands in a private note."""
    return of_word(f"note\x00{word}")


def of_facet(kind: str, value: object = "") -> int:
    """Return the key of what a filter may ask for: a channel, team, assignee, tag or customer; `file`, `active`."""
    return of_word(f"{kind}\x00{value}")


def of_block(number: int) -> int:
    """Return the key of the block that a conversation's number lies in."""
    return -1 - number // BLOCK


def of_blocks(lowest: int, highest: int) -> list[int]:
    """Return the keys of the blocks from the one of number `lowest` to that of `highest`."""
    return [-1 - block for block in range(max(lowest, 0) // BLOCK, highest // BLOCK + 1)]
