"""What fits a custom field? Its row, as `base.typed` understands it."""

from servewell.apps.base.typed import Definition
from servewell.apps.conversations.models import Field


def definition_of(field: Field) -> Definition:
    """Return what a custom field allows. Its options are stored as `[{"code", "names": {language: name}}]`."""
    return Definition(
        key=field.key,
        names=field.names,
        kind=field.kind,
        options=tuple(option["code"] for option in field.options),
        option_names={option["code"]: option["names"] for option in field.options},
    )
