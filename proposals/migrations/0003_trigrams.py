from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0002_audit'),
    ]

    operations = [
        TrigramExtension(),
    ]
