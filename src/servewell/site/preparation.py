"""What happens between the database's start and the first page? Tables, and for the demo a history.

Prints one JSON line for the supervisor: `{"applied": [...], "people": n, "demo_hint": {...}}`.
"""

import json
import sys

from servewell.site import offspring
from servewell.site.cli import talk


def main() -> int:
    """Prepare; return the exit code."""
    offspring.end_with_parent()
    talk.choose_language(sys.argv[1:])
    try:
        talk.out(json.dumps(prepare()))
    except Exception as error:
        return talk.explain(error, as_json=False)
    return 0


def prepare() -> dict[str, object]:
    """Migrate, seed the demo where it is wanted and missing, else shut its visitor out; count the people."""
    from servewell.site.cli import installation

    installation.set_up_django()
    from django.conf import settings
    from django.contrib.auth import get_user_model

    from servewell.site import demo, migrations

    found: dict[str, object] = {"applied": migrations.apply()}
    if settings.DEMO:
        if not demo.is_there():
            talk.note(talk.text("site.up.seeding"))
        found |= {"seeded": demo.seed(), "demo_hint": settings.DEMO_SIGN_IN}
    elif demo.close():
        talk.note(talk.text("site.up.demo-closed", username=settings.DEMO_SIGN_IN["username"]))
    return found | {"people": get_user_model()._default_manager.count()}


if __name__ == "__main__":
    sys.exit(main())
