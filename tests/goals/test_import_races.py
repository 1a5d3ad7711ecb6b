"""Many at the import at once: nothing is published twice, read by too many, or left half done."""

import threading
import time
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from goals.models import Goal, Issue
from goals.publish import AlreadyPublishedError
from goals.publish_draft import OvertakenError, publish_draft
from goals.rearrange import merge_issues
from parties.models import Committee, Party
from proposals import intake
from proposals.models import Draft, DraftChangedError, Proposal, SourceDocument
from proposals.reading import read
from proposals.reading.edit import key_of
from tests.at_once import at_once
from tests.factories import (
    CommitteeFactory,
    DraftFactory,
    IssueFactory,
    MembershipFactory,
    PartyFactory,
    SourceDocumentFactory,
    TopicFactory,
)

TEXT = b"# Uppdrag\n\n- Fler parker i stan\n"


def publishing(draft: Draft) -> Callable[[], object]:
    return lambda: publish_draft(draft, by=None, seen=draft.revision, after=0)


def test_two_drafts_of_one_plan_at_once(committed: None):
    """One of them becomes the plan; who publishes the other is told, since it was never compared with it."""
    for _ in range(5):
        committee, party = CommitteeFactory(), PartyFactory()
        drafts = [DraftFactory(committee=committee, party=party, year=2031) for _ in range(2)]
        refused = at_once(*map(publishing, drafts))
        assert [type(problem) for problem in refused] == [OvertakenError]
        assert Proposal.objects.get(party=party).version == 1


def test_one_draft_many_times_at_once(committed: None):
    """A draft is published once, however often one presses."""
    draft = DraftFactory()
    refused = at_once(*[publishing(draft)] * 4)
    assert [type(problem) for problem in refused] == [AlreadyPublishedError] * 3
    assert Goal.objects.count() == 2


def test_the_first_plans_of_a_year_at_once(committed: None):
    """Two parties' first plans of a year both make the year, which is made once."""
    committee = CommitteeFactory()
    drafts = [DraftFactory(committee=committee, year=2031) for _ in range(2)]
    assert at_once(*map(publishing, drafts)) == []
    assert committee.plan_years.get().proposals.count() == 2


def test_an_issue_is_merged_while_goals_come_into_it(committed: None):
    """The goals stand in what the issue became, or in none; never in what is gone."""
    for _ in range(5):
        topic = TopicFactory()
        gone, into = IssueFactory(topic=topic), IssueFactory(topic=topic)
        draft = DraftFactory(committee=topic.committee)
        draft.arrangement = {"goals": {key_of(goal): str(gone.pk) for goal in draft.plan.goals}}
        draft.save()
        assert at_once(publishing(draft), lambda gone=gone, into=into: merge_issues(gone, into, {})) == []
        assert not Issue.objects.filter(pk=gone.pk).exists()
        assert {goal.issue for goal in Goal.objects.filter(proposal__plan_year__committee=topic.committee)} <= {
            into,
            None,
        }


def test_discarding_what_is_published(committed: None):
    """A draft is either published or thrown away."""
    for _ in range(5):
        draft = DraftFactory()
        refused = at_once(publishing(draft), draft.discard)
        assert [type(problem) for problem in refused] == [DraftChangedError]
        published = Proposal.objects.filter(party=draft.party)
        assert published.exists() == Draft.objects.filter(pk=draft.pk).exists()
        assert published.exists() == SourceDocument.objects.filter(pk=draft.document_id).exists()


def taking_in(committee: Committee, party: Party, text: bytes = TEXT) -> Callable[[], object]:
    return lambda: intake.receive(text, "plan.md", committee=committee, year=2031, party=party, by=None)


def test_one_document_received_many_times_at_once(committed: None):
    """All come to the same draft."""
    committee, party = CommitteeFactory(), PartyFactory()
    assert at_once(*[taking_in(committee, party)] * 6) == []
    assert Draft.objects.count() == SourceDocument.objects.count() == 1


def test_a_document_received_while_it_is_thrown_away(committed: None):
    """It is kept for who sends it, or sent anew; it is never gone from under a draft."""
    committee, party = CommitteeFactory(), PartyFactory()
    for number in range(8):
        text = TEXT + str(number).encode()
        draft, _ = intake.receive(text, "plan.md", committee=CommitteeFactory(), year=2031, party=party, by=None)
        assert at_once(taking_in(committee, party, text), draft.discard) == []
        assert Draft.objects.get(committee=committee, document__sha256=draft.document.sha256)


def test_discarding_twice(db: None):
    """Who throws away what a colleague has thrown away meanwhile, or published, is led on."""
    draft = DraftFactory()
    client = Client()
    client.force_login(MembershipFactory(committee=draft.committee).user)
    publish_draft(draft, by=None, seen=draft.revision)
    with pytest.raises(DraftChangedError):
        draft.discard()
    assert client.post(f"/arbete/import/{draft.pk}/kasta/").status_code == 302
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_a_version_that_nobody_compared_with(db: None):
    """A draft that was compared with no plan, or with an earlier version, is not published past a newer one."""
    committee, party = CommitteeFactory(), PartyFactory()
    first, second = (DraftFactory(committee=committee, party=party) for _ in range(2))
    client = Client()
    client.force_login(MembershipFactory(committee=committee).user)
    publish_draft(first, by=None, seen=1)
    answer = client.post(f"/arbete/import/{second.pk}/publicera/", {"sett": 1, "efter": 0})
    assert answer.status_code == 409
    assert "En annan version av planen har publicerats" in answer.content.decode()
    assert 'name="efter" value="1"' in answer.content.decode()
    assert client.post(f"/arbete/import/{second.pk}/publicera/", {"sett": 1, "efter": 1}).status_code == 302
    assert Proposal.objects.get().version == 2


class Reader:
    """Stands in for the process that reads, and counts how many read at the same time."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.read: list[str] = []
        self.lock = threading.Lock()

    def __call__(self, content: bytes, name: str, progress: object) -> object:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.read.append(name)
        time.sleep(0.05)
        with self.lock:
            self.now -= 1
        if name == "trasig.md":
            raise ValueError(name)
        return read(content, name)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(intake, "read_isolated", reader)
    return reader


def test_few_read_at_the_same_time(committed: None, reader: Reader):
    """However many documents are sent, a few are read at a time; the others wait, and each is read once."""
    documents = [SourceDocumentFactory(name=f"{number}.md", content=TEXT) for number in range(12)]
    for document in documents:
        DraftFactory(document=document, state=Draft.State.READING)
    assert at_once(*[intake.read_waiting] * 12) == []
    assert reader.most == intake.MOST_AT_ONCE
    assert sorted(reader.read) == sorted(document.name for document in documents)
    assert set(Draft.objects.values_list("state", flat=True)) == {Draft.State.OPEN}


def test_what_breaks_stops_no_others(committed: None, reader: Reader):
    """A document that breaks the reading is told of, and the next one is read; no lock is left."""
    for name in ("trasig.md", "plan.md"):
        DraftFactory(document=SourceDocumentFactory(name=name, content=TEXT), state=Draft.State.READING)
    intake.read_waiting()
    assert list(Draft.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "open"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)


def test_who_waits_is_not_told_that_it_has_stopped(db: None, reader: Reader):
    """As long as something is read, what waits for its turn has not stopped."""
    first, second = (DraftFactory(document=SourceDocumentFactory(name="plan.md", content=TEXT)) for _ in range(2))
    Draft.objects.update(state=Draft.State.READING, heard_at="2017-01-01T00:00Z")
    intake.read_draft(first)
    second.refresh_from_db()
    assert not second.is_silent


def test_a_reading_cannot_be_begun_anew_when_it_is_done(db: None, monkeypatch: pytest.MonkeyPatch):
    """What a person has corrected is not read over by one whose page is old."""
    monkeypatch.setattr(intake.subprocess, "Popen", lambda *args, **kwargs: pytest.fail("nothing is to be read"))
    draft = DraftFactory()
    intake.start_reading(draft)
    draft.refresh_from_db()
    assert draft.state == Draft.State.OPEN


def test_by_hand(db: None, reader: Reader):
    """The command that the import starts reads its draft."""
    draft = DraftFactory(document=SourceDocumentFactory(name="plan.md", content=TEXT), state=Draft.State.READING)
    call_command("read_draft", str(draft.pk), verbosity=0)
    draft.refresh_from_db()
    assert draft.state == Draft.State.OPEN
