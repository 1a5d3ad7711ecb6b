"""A newer version of a published plan: goals go on, are new or are withdrawn, and nothing that stood is lost."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goals.models import Goal, Mention
from goals.publish import AlreadyPublishedError, ReadingError, publish_version
from proposals.models import Passage, Proposal, SourceDocument
from proposals.reading import parse, read
from tests.cast import SECRETARY
from tests.conftest import KD_FILE, YEAR

OLD_TEXT = KD_FILE.read_text(encoding="utf-8")


@pytest.fixture
def goal_texts(kd: Proposal) -> dict[int, str]:
    return dict(kd.goals.values_list("number", "passage__text"))


def publish_text(
    kd: Proposal, text: str, continues: dict[int, int], title: str = "Verksamhetsplan, reviderad"
) -> Proposal:
    document = SourceDocument.objects.keep(text.encode(), "ny.txt")
    plan = parse(read(text.encode(), "ny.txt"))
    return publish_version(plan, kd, document=document, title=title, continues=continues)


@pytest.fixture
def revised(kd: Proposal, goal_texts: dict[int, str]) -> Proposal:
    """Publish a version where the second goal is gone, the third is reworded and a new one stands first."""
    text = OLD_TEXT
    lines = text.split("\n")
    by_text = {goal_texts[number]: number for number in goal_texts}
    rows = {
        by_text[line.lstrip("-• ").strip()]: at
        for at, line in enumerate(lines)
        if line.lstrip("-• ").strip() in by_text
    }
    lines[rows[3]] += " och följas upp"
    lines[rows[2]] = ""
    lines.insert(rows[1], lines[rows[1]][:2] + "Ett alldeles nytt mål ska prövas")
    continues = {2: 1, **{number: number for number in range(3, 28)}}
    return publish_text(kd, "\n".join(lines), continues)


def test_goals_that_go_on_keep_number_address_and_issue(client: Client, revised, goal_texts):
    """A goal in new words is the same goal, at the same address, in the same issue."""
    third = revised.goals.get(number=3)
    assert third.passage.text == goal_texts[3] + " och följas upp"
    assert third.issue is not None
    assert third.passage.version == 2
    content = client.get(f"{YEAR}/kd/3/").content.decode()
    assert "och följas upp" in content
    assert "Så stod det i tidigare versioner" in content
    assert f'href="{YEAR}/kd/version/1/#' in content


def test_a_new_goal_gets_the_next_free_number(revised):
    """Numbers are never given twice, so what is cited stays right."""
    assert revised.goals.get(number=28).passage.text == "Ett alldeles nytt mål ska prövas"
    assert revised.goals.count() == 28


def test_withdrawn_goals_stay_readable_and_leave_the_comparison(client: Client, revised, goal_texts):
    """A goal that a newer version left out has its page, which says so; it is counted nowhere."""
    second = revised.goals.get(number=2)
    assert second.withdrawn_in == 2
    page = client.get(f"{YEAR}/kd/2/")
    assert page.status_code == 200
    assert "finns inte kvar i planens version 2" in page.content.decode()
    assert f'href="{YEAR}/kd/2/"' not in client.get(f"{YEAR}/jamfor/").content.decode()
    assert f'href="{YEAR}/kd/2/"' not in client.get(f"{YEAR}/kd/").content.decode()
    assert Goal.objects.standing().filter(proposal=revised).count() == 27


def test_a_withdrawn_goal_is_not_led_to_the_queue(revised, cast):
    """What is withdrawn stands in no queue, and nobody is led there from its page."""
    secretary = cast.client(SECRETARY)
    assert "Bedöm i arbetskön" in secretary.get(f"{YEAR}/kd/3/").content.decode()
    assert "Bedöm i arbetskön" not in secretary.get(f"{YEAR}/kd/2/").content.decode()


def test_the_earlier_version_stays_at_its_own_address(client: Client, revised, goal_texts):
    """Version 1 shows the words that it had, with its goals marked, and its own document."""
    content = client.get(f"{YEAR}/kd/version/1/").content.decode()
    assert "Det här är en tidigare version" in content
    assert "följas upp</p>" not in content.partition(goal_texts[3])[2][:40]
    for number in range(1, 28):
        assert f'href="{YEAR}/kd/{number}/"' in content
    assert f'href="{YEAR}/kd/28/"' not in content
    assert client.get(f"{YEAR}/kd/version/1/original/").content == KD_FILE.read_bytes()
    assert client.get(f"{YEAR}/kd/version/2/")["Location"] == f"{YEAR}/kd/"
    assert client.get(f"{YEAR}/kd/version/2/original/")["Location"] == f"{YEAR}/kd/original/"


@pytest.mark.parametrize("path", ["version/3/", "version/0/", "version/9/original/"])
def test_a_version_that_is_not_there(client: Client, revised, path):
    """Who asks for a version that does not exist is told which there are."""
    answer = client.get(f"{YEAR}/kd/{path}")
    assert answer.status_code == 404
    assert "version 2" in answer.content.decode()


def test_anchors_lead_to_the_version_that_applies(client: Client, revised):
    """The plan's own address shows the new text alone."""
    content = client.get(f"{YEAR}/kd/").content.decode()
    assert content.count('id="rad-') == (
        revised.passages.filter(version=2).count() + revised.sections.filter(version=2).count()
    )
    assert "Versioner:" in content


def test_mentions_of_the_old_text_end(revised):
    """No running text of an earlier version stands in the comparison."""
    assert not Mention.objects.filter(passage__proposal=revised).exists()


def test_a_withdrawn_goal_can_come_back(revised, goal_texts):
    """A third version may take up again what the second left out."""
    continues = {number: number for number in range(1, 28)}
    third = publish_text(revised, OLD_TEXT + "\n", continues)
    assert third.version == 3
    assert third.goals.get(number=2).withdrawn_in is None
    assert third.goals.get(number=28).withdrawn_in == 3
    assert third.goals.get(number=2).earlier_wordings.count() == 1


def test_two_versions_at_once_are_one(kd):
    """Who publishes from an outdated view of the plan is refused, and nothing is written."""
    stale = Proposal.objects.get(pk=kd.pk)
    publish_text(kd, OLD_TEXT + "\n", {number: number for number in range(1, 28)})
    with pytest.raises(AlreadyPublishedError):
        publish_text(stale, OLD_TEXT + "\n\n", {})
    assert Proposal.objects.get(pk=kd.pk).version == 2


@pytest.mark.parametrize(
    ("continues", "message"),
    [({99: 1}, "finns inte"), ({1: 99}, "finns inte"), ({1: 5, 2: 5}, "samma tidigare mål")],
)
def test_nonsense_is_refused(kd, continues, message):
    """A goal cannot go on from one that is not there, nor two from one."""
    with pytest.raises(ReadingError, match=message):
        publish_text(kd, OLD_TEXT + "\n", continues)
    assert not kd.earlier_versions.exists()
    assert Passage.objects.filter(version=2).count() == 0


def test_loading_the_plans_again_leaves_newer_versions_alone(revised, capsys):
    """What stands in the repository is version 1, and is known as such."""
    call_command("load_plans")
    assert Proposal.objects.get(pk=revised.pk).version == 2


def test_queries_of_an_earlier_version(client: Client, revised):
    """An earlier version asks a fixed number of questions."""
    client.get(f"{YEAR}/kd/version/1/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(f"{YEAR}/kd/version/1/")
    assert len(queries) <= 7
