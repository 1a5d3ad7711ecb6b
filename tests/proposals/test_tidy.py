"""What nothing points to any more is taken away at night."""

from datetime import timedelta
from hashlib import sha256
from io import StringIO

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from proposals.models import SourceDocument
from tests.factories import DraftFactory, PageImageFactory, SourceDocumentFactory


def test_only_what_is_unused_goes(plans):
    """A document that was sent and never used goes with its pictures; those of plans, drafts and forms stay.

    The form that it came with may name it for a day, and is sent again with it until then.
    """
    draft = DraftFactory(committee=plans.committee)
    long_ago = timezone.now() - timedelta(hours=25)
    PageImageFactory(document=SourceDocumentFactory(received_at=long_ago))
    lately = [SourceDocumentFactory(), SourceDocumentFactory(content=b"Igen", received_at=long_ago)]
    lately[1].sha256 = sha256(b"Igen").hexdigest()
    lately[1].save()
    SourceDocument.objects.keep(b"Igen", "igen.txt")
    SourceDocument.objects.filter(proposals__isnull=False).update(received_at=long_ago)
    Session.objects.create(session_key="gammal", session_data="", expire_date=timezone.now())
    kept = set(plans.proposals.values_list("document", flat=True)) | {draft.document_id} | {each.pk for each in lately}
    out = StringIO()
    call_command("tidy", stdout=out)
    assert set(SourceDocument.objects.values_list("pk", flat=True)) == kept
    assert "1 dokument borttagna" in out.getvalue()
    assert not Session.objects.exists()
