from __future__ import annotations

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_initial")]

    operations = [
        # A person takes part in a portal at most once at a time, however many adders race.
        ops.RunSQL(
            "CREATE UNIQUE INDEX participant_open ON participant (portal_id, person_id) WHERE left_at IS NULL",
            "DROP INDEX participant_open",
        ),
    ]
