"""Topics and issues are renamed, ordered, merged and split: nothing is lost, and nothing said that no longer holds."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from goals.models import Alignment, Follow, Goal, Issue, Mention, Notice, OldAddress, RearrangedError, Topic
from goals.models.arranged import order_of
from goals.models.issues import Claim
from goals.rearrange import (
    effects_of,
    effects_of_merging,
    merge_issues,
    merge_topics,
    move_goals,
    split_issue,
    split_topic,
    versions,
)
from parties.models import Committee, Party
from tests.at_once import at_once
from tests.factories import GoalFactory, IssueFactory, PassageFactory, PlanYearFactory, TopicFactory, UserFactory

SAME, RELATED = Alignment.Relation.SAME, Alignment.Relation.RELATED


def issue_at(slug: str) -> Issue:
    return Issue.objects.select_related("topic", "committee__municipality").get(slug=slug)


@pytest.fixture
def workers(plans) -> Issue:
    """Give an issue with V 25 and KD 11, of which it is said that they are the same."""
    return issue_at("faltassistenter")


@pytest.fixture
def families(plans) -> Issue:
    """Give an issue with V 26, V 35 and KD 26, of which it is said that they are related."""
    return issue_at("familjecentral-och-insatser-i-froslunda")


@pytest.fixture
def homes(plans) -> Issue:
    """Give an issue with KD 23 and KD 24 alone, of which nothing is said."""
    return issue_at("familjehem")


def goal(party: str, number: int) -> Goal:
    return Goal.objects.select_related("issue", "proposal__party").get(proposal__party__slug=party, number=number)


def references(issue: Issue) -> list[str]:
    return [
        each.reference for each in issue.goals.select_related("proposal__party").order_by("proposal__party", "number")
    ]


def at(committee: Committee) -> tuple[str, str]:
    return committee.municipality.slug, committee.slug


class TestNames:
    """Names and addresses."""

    def test_a_new_name_gives_a_new_address(self, workers):
        """The address follows the name, and the old one leads to the issue."""
        workers.rename("Vuxna på stan")
        assert workers.slug == "vuxna-pa-stan"
        assert OldAddress.objects.issue_at("faltassistenter", *at(workers.committee)) == workers

    def test_chains_lead_to_the_thing(self, workers):
        """However many names it has had, each address leads straight to it; its own leads nowhere else."""
        for name in ("Ett", "Två", "Tre", "Ett"):
            workers.rename(name)
        found = {
            slug: OldAddress.objects.issue_at(slug, *at(workers.committee))
            for slug in ("faltassistenter", "tva", "tre")
        }
        assert set(found.values()) == {workers}
        assert OldAddress.objects.issue_at("ett", *at(workers.committee)) is None

    def test_what_takes_an_old_address_has_it(self, workers, homes):
        """A new issue with the old name wins; when it is renamed in turn, the address leads to that one."""
        workers.rename("Vuxna på stan")
        new = Issue.objects.add("Fältassistenter", topic=workers.topic)
        assert OldAddress.objects.issue_at("faltassistenter", *at(workers.committee)) is None
        new.rename("Något annat")
        assert OldAddress.objects.issue_at("faltassistenter", *at(workers.committee)) == new

    def test_topics_and_issues_have_addresses_apart(self, workers):
        """A topic and an issue may have had the same address."""
        workers.rename("Vuxna på stan")
        topic = Topic.objects.add("Fältassistenter", committee=workers.committee)
        topic.rename("Ute på stan")
        assert OldAddress.objects.topic_at("faltassistenter", *at(workers.committee)) == topic
        assert OldAddress.objects.issue_at("faltassistenter", *at(workers.committee)) == workers

    def test_another_committees_addresses_are_apart(self, workers):
        """The same old address in another committee leads nowhere."""
        workers.rename("Vuxna på stan")
        assert OldAddress.objects.issue_at("faltassistenter", "eskilstuna", "annan") is None

    @pytest.mark.parametrize("name", ["", "…", "familjehem", "FAMILJEHEM!", "x" * 151])
    def test_names_that_will_not_do(self, workers, homes, name):
        """A name without letter or digit, that another has, or that is too long is refused, and nothing changes."""
        with pytest.raises(ValidationError):
            issue_at("faltassistenter").rename(name)
        assert issue_at("faltassistenter").name == "Fältassistenter"
        assert not OldAddress.objects.exists()

    def test_only_the_letters_case_changes_no_address(self, workers):
        """A name with the same address leaves no old one behind."""
        workers.rename("FÄLTASSISTENTER")
        assert (workers.name, workers.slug) == ("FÄLTASSISTENTER", "faltassistenter")
        assert not OldAddress.objects.exists()

    def test_a_colleague_was_there_first(self, workers):
        """Whoever saw something else is refused."""
        seen = workers.version()
        issue_at("faltassistenter").rename("Först")
        with pytest.raises(RearrangedError):
            workers.rename("Sedan", seen=seen)
        assert issue_at("forst").name == "Först"


class TestOrder:
    """One step up or down."""

    def test_issues(self, plans):
        """An issue changes places with its neighbour, and the others stay."""
        topic = plans.committee.topics.get(slug="barn-och-unga")
        before = list(topic.issues.in_order())
        before[2].step(up=True, seen=order_of(before))
        assert list(topic.issues.in_order()) == [before[0], before[2], before[1], *before[3:]]
        before[2].step(up=False)
        assert list(topic.issues.in_order()) == before

    def test_topics(self, plans):
        """So does a topic; the first and the last stay where they are."""
        before = list(plans.committee.topics.order_by("position", "pk"))
        before[0].step(up=True)
        before[-1].step(up=False)
        assert list(plans.committee.topics.order_by("position", "pk")) == before
        before[0].step(up=False)
        assert list(plans.committee.topics.order_by("position", "pk"))[:2] == [before[1], before[0]]

    def test_shared_places(self, db):
        """Things that share a place, as a file may give them, can be moved too."""
        topic = TopicFactory()
        issues = [IssueFactory(topic=topic, position=0) for _ in range(4)]
        issues[3].step(up=True)
        assert list(topic.issues.in_order()) == [issues[0], issues[1], issues[3], issues[2]]

    def test_another_order_than_seen(self, plans):
        """Whoever saw another order is refused."""
        topics = list(plans.committee.topics.order_by("position", "pk"))
        seen = order_of(topics)
        topics[1].step(up=True, seen=seen)
        with pytest.raises(RearrangedError):
            topics[3].step(up=True, seen=seen)

    def test_to_another_topic(self, workers, plans):
        """An issue that is moved comes last under its new topic, with all that stands in it."""
        topic = plans.committee.topics.get(slug="medarbetare")
        workers.move(topic)
        assert list(topic.issues.in_order())[-1] == workers
        assert references(workers) == ["KD 11", "V 25"]

    def test_not_to_another_committees(self, workers):
        """Another committee's topic is refused."""
        with pytest.raises(ValidationError):
            workers.move(TopicFactory())


class TestSaying:
    """How goals relate."""

    def claim(self, *slugs: str) -> Claim:
        return Claim(RELATED, "Båda gäller unga.", list(Party.objects.filter(slug__in=slugs)))

    def test_say_and_take_back(self, workers, plans):
        """What is said of a year is set, changed, and taken back."""
        workers.relate(plans, self.claim("v", "kd"))
        assert (workers.alignments.get().relation, workers.alignments.get().reason) == (RELATED, "Båda gäller unga.")
        workers.relate(plans, None)
        assert not workers.alignments.exists()

    @pytest.mark.parametrize("slugs", [(), ("v",), ("kd",)])
    def test_of_fewer_than_two(self, workers, plans, slugs):
        """Of one party alone nothing can be said."""
        with pytest.raises(ValidationError):
            workers.relate(plans, self.claim(*slugs))

    def test_of_a_party_without_goals(self, homes, plans):
        """Of a party that has no goal there nothing can be said."""
        with pytest.raises(ValidationError):
            homes.relate(plans, self.claim("v", "kd"))

    def test_running_text(self, homes, v):
        """Running text is attached once, and detached; a goal is no running text, nor is another committee's."""
        passage = v.passages.filter(kind="prose").first()
        for _ in range(2):
            homes.mention([passage])
        homes.forget(homes.mentions.get(passage=passage))
        assert not homes.mentions.filter(passage=passage).exists()
        for wrong in (goal("v", 1).passage, PassageFactory()):
            with pytest.raises(ValidationError):
                homes.mention([wrong])


class TestMergingIssues:
    """One issue goes up in another."""

    def test_all_goes_along(self, workers, homes):
        """Goals, running text and addresses go along, and what was said, where the other has no goal of its parties."""
        workers.rename("Vuxna på stan")
        said = workers.alignments.get()
        passage = PassageFactory(proposal=goal("v", 25).proposal)
        for issue in (workers, homes):
            Mention.objects.create(issue=issue, passage=passage)
        texts = set(workers.mentions.values_list("passage", flat=True)) | set(
            homes.mentions.values_list("passage", flat=True)
        )
        homes.goals.all().update(issue=None)
        merge_issues(workers, homes, {}, seen=versions(workers, homes))
        assert references(homes) == ["KD 11", "V 25"]
        assert sorted(homes.mentions.values_list("passage", flat=True)) == sorted(texts)
        assert homes.alignments.get() == said
        for slug in ("faltassistenter", "vuxna-pa-stan"):
            assert OldAddress.objects.issue_at(slug, *at(homes.committee)) == homes
        assert not Issue.objects.filter(pk=workers.pk).exists()

    def test_both_say_something(self, workers, families, plans):
        """Where both say something of a year, it is asked what is to be said; without an answer nothing is done."""
        effects = effects_of_merging(workers, families)
        (question,) = effects.questions
        assert [party.slug for party in question.parties] == ["kd", "v"]
        assert [said.issue for said in question.before] == [families, workers]
        with pytest.raises(RearrangedError):
            merge_issues(workers, families, {})
        assert references(workers) == ["KD 11", "V 25"]
        merge_issues(workers, families, {question.key: Claim(SAME, "Ett nytt skäl.", question.parties)})
        said = families.alignments.get()
        assert (said.relation, said.reason, said.plan_year) == (SAME, "Ett nytt skäl.", plans)

    def test_the_other_brings_goals_of_a_party_spoken_of(self, workers, homes):
        """Where one says something and the other brings goals of the same party, it is asked, whichever is kept."""
        for issue, into in ((workers, homes), (homes, workers)):
            (question,) = effects_of_merging(issue, into).questions
            assert [said.issue for said in question.before] == [workers]
        merge_issues(homes, workers, {question.key: None})
        assert not Alignment.objects.filter(issue=workers).exists()
        assert references(workers) == ["KD 11", "KD 23", "KD 24", "V 25"]

    def test_nothing_is_claimed_where_nothing_was(self, homes, plans):
        """Two parties' goals that come together without anything said are left so."""
        only_v = issue_at("tidiga-insatser")
        effects = effects_of_merging(only_v, homes)
        assert (effects.questions, effects.fallen, effects.carried) == ([], [], [])
        merge_issues(only_v, homes, {})
        assert not homes.alignments.exists()

    def test_other_years_stand(self, workers, families, plans):
        """What is said of a year in which only one has goals goes along as it is."""
        later = PlanYearFactory(committee=plans.committee, year=2018)
        parties = list(Party.objects.all())
        for party in parties:
            GoalFactory(proposal__plan_year=later, proposal__party=party, number=1, issue=workers)
        workers.relate(later, Claim(SAME, "Om 2018.", parties))
        effects = effects_of_merging(workers, families)
        assert [question.plan_year for question in effects.questions] == [plans]
        assert [said.plan_year for said in effects.carried] == [later]

    def test_with_itself_or_anothers(self, workers):
        """An issue is not merged with itself, nor with another committee's."""
        for other in (workers, IssueFactory()):
            with pytest.raises(ValidationError):
                merge_issues(workers, other, {})

    def test_after_a_colleague(self, workers, homes):
        """Whoever saw either otherwise is refused, also where one is gone."""
        seen = versions(workers, homes)
        Goal.objects.filter(pk=goal("v", 25).pk).update(issue=None)
        with pytest.raises(RearrangedError):
            merge_issues(workers, homes, {}, seen=seen)
        gone = IssueFactory(topic=workers.topic)
        Issue.objects.filter(pk=gone.pk).delete()
        with pytest.raises(RearrangedError):
            merge_issues(gone, workers, {})


class TestSplitting:
    """Some goals become an issue of their own, or go to another."""

    def test_what_no_longer_holds_falls(self, workers):
        """With one party left, what was said falls away; nothing is said of the new issue."""
        new = split_issue(workers, "Ny", goals=[goal("v", 25)], answers={})
        assert (references(workers), references(new)) == (["KD 11"], ["V 25"])
        assert not Alignment.objects.filter(issue__in=[workers, new]).exists()
        assert (new.topic, new.slug) == (workers.topic, "ny")

    def test_what_may_not_hold_is_asked(self, families):
        """With both parties left, it is asked what is to be said; the answer is what is said."""
        goals = [goal("v", 26)]
        (question,) = effects_of(goals, families, None, making=True).questions
        assert (question.issue, [said.issue for said in question.before]) == (families, [families])
        with pytest.raises(RearrangedError):
            split_issue(families, "Ny", goals=goals, answers={})
        split_issue(families, "Ny", goals=goals, answers={question.key: Claim(SAME, "Nu.", question.parties)})
        assert families.alignments.get().reason == "Nu."

    def test_both_parties_go(self, families):
        """Where goals of both parties go, it is asked of the new issue; what was said falls where they left."""
        goals = [goal("v", 26), goal("kd", 26)]
        effects = effects_of(goals, families, None, making=True)
        (question,) = effects.questions
        assert (question.issue, len(effects.fallen)) == (None, 1)
        new = split_issue(families, "Ny", goals=goals, answers={question.key: Claim(SAME, "Nu.", question.parties)})
        assert new.alignments.get().reason == "Nu."
        assert not families.alignments.exists()

    def test_running_text_goes_along(self, families):
        """The running text that is chosen goes, and the rest stays."""
        passage = PassageFactory(proposal=goal("v", 26).proposal)
        mention = Mention.objects.create(issue=families, passage=passage)
        stays = Mention.objects.create(issue=families, passage=PassageFactory(proposal=passage.proposal))
        key = effects_of([goal("v", 26)], families, None, making=True).questions[0].key
        new = split_issue(families, "Ny", goals=[goal("v", 26)], mentions=[mention], answers={key: None})
        assert list(new.mentions.all()) == [mention]
        assert stays in families.mentions.all()

    def test_none_or_all(self, workers):
        """No goal, or all of them, is no split."""
        for goals in ([], [goal("v", 25), goal("kd", 11)]):
            with pytest.raises(ValidationError):
                split_issue(workers, "Ny", goals=goals, answers={})
        assert not Issue.objects.filter(slug="ny").exists()

    def test_a_name_that_is_taken(self, workers, homes):
        """Nothing is split where the name will not do."""
        with pytest.raises(ValidationError):
            split_issue(workers, "Familjehem", goals=[goal("v", 25)], answers={})
        assert references(workers) == ["KD 11", "V 25"]

    def test_goals_go_to_another_issue(self, workers, families):
        """Where goals of a party that is spoken of come, it is asked there; where they leave, it falls."""
        effects = effects_of([goal("v", 25)], workers, families)
        assert [said.issue for said in effects.fallen] == [workers]
        assert [question.issue for question in effects.questions] == [families]
        answers = {effects.questions[0].key: None}
        move_goals([goal("v", 25)], workers, families, answers, seen=versions(workers, families))
        assert references(families) == ["KD 26", "V 25", "V 26", "V 35"]
        assert not Alignment.objects.filter(issue__in=[workers, families]).exists()

    def test_out_of_any_issue_and_back(self, workers):
        """Goals may stand in no issue, and be placed again."""
        move_goals([goal("v", 25)], workers, None, {})
        assert goal("v", 25).issue is None
        move_goals([goal("v", 25)], None, workers, {})
        assert references(workers) == ["KD 11", "V 25"]
        assert not workers.alignments.exists()

    def test_a_third_partys_goal_changes_nothing_said(self, workers, plans):
        """What is said of two parties stands when a third party's goal comes or goes."""
        third = GoalFactory(proposal__plan_year=plans, issue=issue_at("familjehem"), number=1)
        said = workers.alignments.get()
        move_goals([third], third.issue, workers, {})
        assert workers.alignments.get() == said
        third.refresh_from_db()
        move_goals([third], workers, None, {})
        assert workers.alignments.get() == said

    def test_where_it_stands_or_anothers(self, workers):
        """Goals do not go where they stand, nor to another committee's issue; one that has gone meanwhile is told."""
        for to in (workers, IssueFactory()):
            with pytest.raises(ValidationError):
                move_goals([goal("v", 25)], workers, to, {})
        with pytest.raises(ValidationError):
            move_goals([GoalFactory()], None, workers, {})
        with pytest.raises(RearrangedError):
            move_goals([goal("v", 1)], workers, None, {})


class TestTopics:
    """Topics go up in others, are split, and taken away."""

    def topics(self, plans) -> list[Topic]:
        return list(plans.committee.topics.order_by("position", "pk"))

    def test_issues_and_addresses_go_along(self, plans):
        """The issues come last in the other, in their order, and the address leads there."""
        first, second, *_ = self.topics(plans)
        expected = [*second.issues.in_order(), *first.issues.in_order()]
        merge_topics(first, second)
        assert list(second.issues.in_order()) == expected
        assert OldAddress.objects.topic_at(first.slug, *at(plans.committee)) == second

    def test_follows_go_along(self, plans):
        """Nobody loses a follow or gets it twice; the sooner pace wins, and what is yet to be told goes along."""
        first, second, *_ = self.topics(plans)
        alone, both = UserFactory(), UserFactory()
        Follow.objects.start(alone, first, Follow.Pace.WEEKLY)
        kept = Follow.objects.start(both, second, Follow.Pace.WEEKLY)
        gone = Follow.objects.start(both, first, Follow.Pace.AT_ONCE)
        told_twice = uuid.uuid4()
        for follow, key in ((gone, uuid.uuid4()), (gone, told_twice), (kept, told_twice)):
            Notice.objects.create(
                follow=follow, goal=goal("v", 25), key=key, text="Prov", anchor="lage-1", due_at=timezone.now()
            )
        merge_topics(first, second)
        found = {(follow.user_id, follow.pace) for follow in second.follows.all()}
        assert found == {(alone.pk, Follow.Pace.WEEKLY), (both.pk, Follow.Pace.AT_ONCE)}
        assert kept.notices.count() == 2

    def test_split(self, plans):
        """The chosen issues become a topic of their own, and who follows one follows both."""
        topic = self.topics(plans)[0]
        user = UserFactory()
        Follow.objects.start(user, topic, Follow.Pace.AT_ONCE)
        chosen = list(topic.issues.in_order())[1:3]
        new = split_topic(topic, "Nytt ämne", issues=chosen)
        assert list(new.issues.in_order()) == chosen
        assert [follow.pace for follow in new.follows.filter(user=user)] == [Follow.Pace.AT_ONCE]
        assert topic.follows.filter(user=user).exists()
        for wrong in ([], list(topic.issues.all())):
            with pytest.raises(ValidationError):
                split_topic(topic, "Ett till", issues=wrong)

    def test_take_away(self, plans, workers):
        """Only what is empty, and what nobody follows, is taken away; its old addresses go with it."""
        topic = Topic.objects.add("Tomt", committee=plans.committee)
        topic.rename("Tomt ämne")
        follow = Follow.objects.start(UserFactory(), topic, Follow.Pace.WEEKLY)
        issue = Issue.objects.add("Tom fråga", topic=topic)
        for thing in (workers, topic):
            with pytest.raises(ValidationError):
                thing.remove()
        issue.remove()
        with pytest.raises(ValidationError):
            topic.remove()
        follow.delete()
        topic.remove()
        assert not OldAddress.objects.exists()


# Many at once


def test_many_steps_at_once_keep_the_order_sound(committed: None):
    """Forty steps by threads at the same time: each issue has a place of its own, and none is lost."""
    topic = TopicFactory()
    issues = [IssueFactory(topic=topic) for _ in range(8)]
    moves = [(issues[n % 8], bool(n % 3)) for n in range(40)]
    assert not at_once(*(lambda each=each, up=up: Issue.objects.get(pk=each.pk).step(up=up) for each, up in moves))
    places = list(topic.issues.values_list("position", flat=True))
    assert len(set(places)) == len(places) == 8


def test_two_merges_at_once(committed: None):
    """Of two that merge the same issues into each other, one is done and one is told; no goal is lost."""
    topic = TopicFactory()
    one, other = IssueFactory(topic=topic), IssueFactory(topic=topic)
    plan_year = PlanYearFactory(committee=topic.committee)
    goals = {GoalFactory(issue=issue, proposal__plan_year=plan_year) for issue in (one, other)}
    seen, turned = versions(one, other), versions(other, one)
    refused = at_once(
        lambda: merge_issues(Issue.objects.get(pk=one.pk), Issue.objects.get(pk=other.pk), {}, seen=seen),
        lambda: merge_issues(Issue.objects.get(pk=other.pk), Issue.objects.get(pk=one.pk), {}, seen=turned),
    )
    assert [type(problem) for problem in refused] == [RearrangedError]
    left = Issue.objects.get()
    assert set(left.goals.all()) == goals


def test_a_merge_and_a_move_at_once(committed: None):
    """A goal that is moved to an issue that goes up in another at that moment ends in one of those that are left."""
    topic = TopicFactory()
    one, other, third = (IssueFactory(topic=topic) for _ in range(3))
    moved = GoalFactory(issue=third, proposal__plan_year__committee=topic.committee)
    refused = at_once(
        lambda: merge_issues(Issue.objects.get(pk=one.pk), Issue.objects.get(pk=other.pk), {}),
        lambda: move_goals([moved], Issue.objects.get(pk=third.pk), Issue.objects.get(pk=one.pk), {}),
    )
    moved.refresh_from_db()
    assert all(isinstance(problem, RearrangedError | Issue.DoesNotExist) for problem in refused)
    assert moved.issue == (third if refused else other)
