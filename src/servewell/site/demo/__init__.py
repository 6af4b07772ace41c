"""A made-up shop: ninety days of service with three faults planted in it, so that there is something to find."""


def seed() -> bool:
    """Bring the shop into this installation, unless it is there; return whether it was missing. Needs Django.

    NotForDemo when there are people, or a history, of the installation's own.
    """
    from servewell.site.demo import seeding

    return seeding.seed()


def is_there() -> bool:
    """Is the shop in this installation? Needs Django."""
    from servewell.site.demo import seeding

    return seeding.is_seeded()


def close() -> bool:
    """Shut the demo's visitor out, whose password everybody knows; return whether somebody was. Needs Django."""
    from servewell.site.demo import seeding

    return seeding.close()
