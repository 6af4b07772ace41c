"""How often is memory looked through for rings of objects that nobody holds? Seldom: most of it stays for good.

What a process loads at its start (Django, the models, the routes) lives as long as it does; Python's collector looked
at all of it again and again, which was an eighth of what a request cost.
"""

import gc

AFTER = 10_000  # objects more than before, of which the young ones are looked at; Python's own is 700
OLDER_AFTER = (20, 50)  # such looks until older ones are looked at, and such until all are


def settle() -> None:
    """Leave out what is there now, and look more seldom; to be called once, when all is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(AFTER, *OLDER_AFTER)
