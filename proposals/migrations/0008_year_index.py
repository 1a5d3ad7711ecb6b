"""An index that is made while the site is in use, and so in no transaction: docs/scaling.md says what waits for what."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('proposals', '0007_editions'),
    ]

    operations = [
        AddIndexConcurrently('planyear', models.Index(models.F('year').desc(), 'committee', name='plan_year_newest')),
    ]
