"""What belongs to a committee raises the editions of its plan years; before, that of the year with the committee's key.

All editions are raised once, so that nothing that was kept under one that should have been raised is shown again.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('goals', '0009_example_indexes'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='issue',
            name='raises_edition',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='oldaddress',
            name='raises_edition',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='topic',
            name='raises_edition',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='issue',
            trigger=pgtrigger.compiler.Trigger(name='raises_edition', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="IF TG_OP <> 'INSERT' THEN PERFORM raise_editions_of_committee(OLD.committee_id); END IF; IF TG_OP <> 'DELETE' THEN PERFORM raise_editions_of_committee(NEW.committee_id); END IF; RETURN NULL;", hash='e33dfaa3a87558ed1897a9df35fcb699d884278d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_raises_edition_409ef', table='goals_issue', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='oldaddress',
            trigger=pgtrigger.compiler.Trigger(name='raises_edition', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="IF TG_OP <> 'INSERT' THEN PERFORM raise_editions_of_committee(OLD.committee_id); END IF; IF TG_OP <> 'DELETE' THEN PERFORM raise_editions_of_committee(NEW.committee_id); END IF; RETURN NULL;", hash='578a5c91510dfedc1b4fdcb341f8eb2fa8710a36', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_raises_edition_4c08c', table='goals_oldaddress', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='raises_edition', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="IF TG_OP <> 'INSERT' THEN PERFORM raise_editions_of_committee(OLD.committee_id); END IF; IF TG_OP <> 'DELETE' THEN PERFORM raise_editions_of_committee(NEW.committee_id); END IF; RETURN NULL;", hash='13d031b4d6b5d6a0da0f4b1a2960c419592e705c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_raises_edition_62e6a', table='goals_topic', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        # Last: who writes waits for these rows while holding what the triggers are on.
        migrations.RunSQL(
            'UPDATE proposals_editionnumber SET number = number + 1, changed_at = clock_timestamp()',
            migrations.RunSQL.noop,
        ),
    ]
