"""An index that is made while the site is in use, and so in no transaction: docs/scaling.md says what waits for what.

What is left of it where it was broken off is taken away first, so that to migrate again is all that has to be done.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('proposals', '0007_editions'),
    ]

    operations = [
        migrations.RunSQL('DROP INDEX CONCURRENTLY IF EXISTS plan_year_newest', migrations.RunSQL.noop),
        AddIndexConcurrently('planyear', models.Index(models.F('year').desc(), 'committee', name='plan_year_newest')),
    ]
