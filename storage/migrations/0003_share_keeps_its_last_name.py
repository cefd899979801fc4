from __future__ import annotations

from tortoise import migrations
from tortoise.migrations import operations as ops

from storage.fields import EncryptedText


class Migration(migrations.Migration):
    dependencies = [("storage", "0002_one_open_stay")]

    operations = [
        ops.AddField(model_name="Share", name="name_when_stopped", field=EncryptedText(null=True)),
    ]
