"""Indexes of what is invented, which an installation of its own has none of: else every record is looked at for none.

They are made while the site is in use, and so in no transaction: docs/scaling.md says what waits for what. What is left
of them where that was broken off is taken away first, so that to migrate again is all that has to be done.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('goals', '0008_editions'),
    ]

    operations = [
        *[
            migrations.RunSQL(f'DROP INDEX CONCURRENTLY IF EXISTS {name}', migrations.RunSQL.noop)
            for name in ('status_update_example', 'decision_example', 'outcome_example')
        ],
        AddIndexConcurrently(
            'statusupdate', models.Index(condition=models.Q(is_example=True), fields=['goal'], name='status_update_example')
        ),
        AddIndexConcurrently(
            'decision', models.Index(condition=models.Q(is_example=True), fields=['goal'], name='decision_example')
        ),
        AddIndexConcurrently(
            'outcomevalue', models.Index(condition=models.Q(is_example=True), fields=['goal'], name='outcome_example')
        ),
    ]
