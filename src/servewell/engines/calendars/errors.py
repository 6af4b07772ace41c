"""How does a calendar say no? With a code and values; whoever speaks to people makes the sentence."""


class CalendarError(ValueError):
    """Hours that cannot be; `code` is one of: bad-time, empty-shift, too-long, too-many, unknown-zone."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(f"{code} {values}" if values else code)
        self.code = code
        self.values = values
