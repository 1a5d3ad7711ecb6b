"""What nothing points to any more is taken away at night."""

from io import StringIO

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from proposals.models import SourceDocument
from tests.factories import DraftFactory, PageImageFactory, SourceDocumentFactory


def test_only_what_is_unused_goes(plans):
    """A document that was sent and never used goes with its pictures; those of plans and drafts stay."""
    draft = DraftFactory(committee=plans.committee)
    PageImageFactory(document=SourceDocumentFactory())
    Session.objects.create(session_key="gammal", session_data="", expire_date=timezone.now())
    kept = set(plans.proposals.values_list("document", flat=True)) | {draft.document_id}
    out = StringIO()
    call_command("tidy", stdout=out)
    assert set(SourceDocument.objects.values_list("pk", flat=True)) == kept
    assert "1 dokument borttagna" in out.getvalue()
    assert not Session.objects.exists()
