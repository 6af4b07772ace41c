"""Does every model have its migration? Django's own check asks the database; this one needs none."""

import os
import sys

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState
from django.utils import translation


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servewell.site.settings")
    os.environ.setdefault("SERVEWELL_SECRET_KEY", "only-for-checks")
    os.environ.setdefault("SERVEWELL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    django.setup()
    translation.deactivate_all()  # migrations are written without translations
    loader = MigrationLoader(None)
    for app, names in loader.detect_conflicts().items():
        print(f"{app}: migrations branch: {', '.join(sorted(names))}")
        return 1
    detector = MigrationAutodetector(
        loader.project_state(), ProjectState.from_apps(apps), NonInteractiveMigrationQuestioner(specified_apps=None)
    )
    changes = detector.changes(graph=loader.graph)
    ours = {app for app in changes if apps.get_app_config(app).name.startswith("servewell.")}
    for app in sorted(ours):
        for migration in changes[app]:
            print(f"{app}: models changed without a migration: {', '.join(o.describe() for o in migration.operations)}")
    return 1 if ours else 0


if __name__ == "__main__":
    sys.exit(main())
