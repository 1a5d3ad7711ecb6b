"""The pages about goals, as a reader gets them, on the real plans."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from goals import material
from goals.models import Goal
from tests.conftest import BASE, YEAR
from tests.factories import GoalFactory, IssueFactory, PartyFactory, PassageFactory, PlanYearFactory, ProposalFactory

COMPARE = f"{YEAR}/jamfor/"

PAGES = [
    "/",
    "/om/",
    "/tillganglighet/",
    f"{BASE}/",
    COMPARE,
    f"{YEAR}/oversikt/",
    f"{YEAR}/oversikt/mal/?parti=v",
    f"{YEAR}/v/",
    f"{YEAR}/kd/?visa=mal",
    f"{YEAR}/v/25/",
    f"{YEAR}/kd/11/",
    f"{BASE}/amne/barn-och-unga/",
    f"{BASE}/fraga/faltassistenter/",
]


def quotes(content: str) -> list[str]:
    """Give the texts of the goals on a page, as a reader sees them."""
    found = re.findall(r'<li class="goal"[^>]*>\s*<p class="quote">(.*?)</p>', content, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", quote)) for quote in found]


def texts(*references: str) -> set[str]:
    """Give the texts of goals by their references."""
    pairs = [reference.split() for reference in references]
    return {Goal.objects.get(proposal__party__abbreviation=p, number=n).passage.text for p, n in pairs}


@pytest.mark.parametrize("address", PAGES)
def test_anyone_may_read(client: Client, plans, address):
    """Every page is open without signing in, sets no cookie, and is safe by its headers."""
    response = client.get(address)
    assert response.status_code == 200
    assert not response.cookies
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", [*PAGES, f"{YEAR}/", f"{YEAR}/v/original/", "/robots.txt"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_may_write(client: Client, plans, address, method):
    """The public pages take no writing requests."""
    assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize("address", PAGES)
def test_head_of_page(client: Client, plans, address):
    """Title, description, canonical address and Open Graph say what the page is; nothing comes from elsewhere."""
    content = client.get(address).content.decode()
    title = re.search(r"<title>(.*?)</title>", content)
    assert title
    assert "Nämndkollen" in title[1]
    description = re.search(r'<meta name="description" content="([^"]+)">', content)
    assert description
    assert 40 < len(html.unescape(description[1])) < 200
    path = address.partition("?")[0]
    assert f'<link rel="canonical" href="http://testserver{path}">' in content
    assert f'<meta property="og:url" content="http://testserver{path}">' in content
    assert '<meta property="og:title"' in content
    assert not re.search(r'(?:src|srcset|href)="(?:https?:)?//(?!testserver|www.digg.se/tdosanmalan)', content)
    assert ' style="' not in content
    assert content.count("<h1") == 1
    assert '<html lang="sv">' in content


def test_breadcrumbs_are_data_too(client: Client, plans):
    """The steps to a page stand as JSON-LD, in which no text can end the script element."""
    import json

    content = client.get(f"{YEAR}/v/25/").content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', content, re.DOTALL)
    steps = json.loads(block)["@graph"][0]["itemListElement"]
    assert [step["name"] for step in steps] == [
        "Start",
        "Socialnämnden i Eskilstuna",
        "Jämför 2017",
        "Vänsterpartiet",
        "Uppdrag V 25",
    ]
    assert steps[-1]["item"] == f"http://testserver{YEAR}/v/25/"
    assert "<" not in block


class TestCompare:
    def test_all_goals_with_their_exact_words(self, client: Client, plans):
        """The page has all 78 goals, each text equal to its source, and 33 issues, 10 of them with both parties."""
        content = client.get(COMPARE).content.decode()
        expected = list(Goal.objects.values_list("passage__text", flat=True))
        assert sorted(quotes(content)) == sorted(expected)
        assert len(expected) == 78
        assert content.count('<article class="issue"') == 33
        assert content.count('<details class="relation">') == 10
        assert "Visar 33\N{NO-BREAK SPACE}frågor och 78\N{NO-BREAK SPACE}mål och uppdrag." in content

    def test_queries_do_not_grow(self, client: Client, plans, django_assert_num_queries):
        """The number of queries is small, and the same for 78 goals and for 780."""
        with django_assert_num_queries(7):
            client.get(COMPARE)
        issue = Goal.objects.first().issue
        for proposal in plans.proposals.all():
            for number in range(101, 452):
                GoalFactory(proposal=proposal, number=number, issue=issue)
        assert Goal.objects.count() == 780
        with django_assert_num_queries(7):
            client.get(COMPARE)

    def test_parties_in_published_order(self, client: Client, plans):
        """Kristdemokraterna stands before Vänsterpartiet, by name; the reader may swap."""
        content = client.get(COMPARE).content.decode()
        assert content.index("Kristdemokraterna</p>") < content.index("Vänsterpartiet</p>")
        assert 'href="?parti=v&amp;parti=kd"' in content
        swapped = client.get(COMPARE, {"parti": ["v", "kd"]}).content.decode()
        assert swapped.index("Vänsterpartiet</p>") < swapped.index("Kristdemokraterna</p>")
        assert '<input type="hidden" name="parti" value="v">' in swapped

    def test_empty_column_never_claims_silence(self, client: Client, plans):
        """Where a party has no goal, the page says so of the list only, and shows the text that speaks of it."""
        content = client.get(COMPARE, {"q": "Hemlaås"}).content.decode()
        assert "Inget eget mål i listan" in content
        assert "Partiet skriver i löptext" in content
        assert "Eskilstuna behöver platser på lågtröskelboende för kvinnor" in content
        assert f"{YEAR}/kd/#rad-55" in content

    @pytest.mark.parametrize(
        ("query", "issues", "goals"),
        [
            ({"visa": "gemensamma"}, 10, 33),
            ({"visa": "bara-v"}, 17, 35),
            ({"visa": "bara-kd"}, 6, 10),
            ({"amne": "barn-och-unga"}, 10, 25),
            ({"amne": "barn-och-unga", "visa": "bara-kd"}, 2, 4),
            ({"slag": "uppdrag"}, 21, 31),
            ({"slag": "mal", "amne": "medarbetare"}, 3, 9),
            ({"q": "FÄLTASSISTENTER"}, 1, 2),
            ({"q": "  kvinnor   våld "}, 2, 3),
            ({"q": "ingenstans"}, 0, 0),
            ({"okänd": "sak", "utm_source": "x"}, 33, 78),
        ],
    )
    def test_filters(self, client: Client, plans, query, issues, goals):
        """Each filter, and filters together, show what they say."""
        content = client.get(COMPARE, query).content.decode()
        assert content.count('<article class="issue"') == issues
        assert len(quotes(content)) == goals

    def test_counts_beside_choices_are_what_the_choice_gives(self, client: Client, plans):
        """A number beside a choice is what the page shows when it is chosen and the others are kept."""
        for base in ({}, {"slag": "mal"}, {"visa": "gemensamma"}, {"q": "kvinnor"}, {"amne": "medarbetare"}):
            response = client.get(COMPARE, base)
            for name, choices in (("amne", "topic_choices"), ("slag", "kind_choices"), ("visa", "show_choices")):
                for choice in response.context[choices]:
                    chosen = client.get(COMPARE, {**base, name: choice.value}).context["comparison"]
                    shown = chosen.issue_count if name == "visa" else chosen.goal_count
                    assert choice.count == shown, (base, name, choice)

    def test_running_text_is_searched_too(self, client: Client, plans):
        """A word that stands only in a party's running text on an issue is found, and the text is unfolded."""
        content = client.get(COMPARE, {"q": "lågtröskelboende"}).content.decode()
        assert content.count('<article class="issue"') == 1
        assert "<mark>lågtröskelboende</mark>" in content
        assert '<details class="prose" open>' in content

    def test_names_of_topics_are_searched_too(self, client: Client, plans):
        """A word in a topic's name finds all its goals, whatever words the parties use."""
        content = client.get(COMPARE, {"q": "missbruk"}).content.decode()
        assert texts("KD 21", "V 27", "V 28", "V 33", "V 34") <= set(quotes(content))

    def test_running_text_has_its_sic(self, client: Client, plans):
        """Words that stand so in the original are explained in running text too."""
        content = client.get(f"{BASE}/fraga/tjejhus/").content.decode()
        assert "<q>Den psykiska ohälsa</q>" in content

    def test_found_words_are_marked(self, client: Client, plans):
        """A searched word is marked where it stands, and the quote is otherwise the same."""
        content = client.get(COMPARE, {"q": "fröslunda"}).content.decode()
        assert "med placering i <mark>Fröslunda</mark>" in content
        assert texts("V 26", "V 35", "KD 26") == set(quotes(content))

    def test_goals_that_a_filter_hides_are_counted(self, client: Client, plans):
        """A column whose goals are filtered away does not say that the party has none."""
        content = client.get(COMPARE, {"slag": "mal", "amne": "utredning-beslut-och-uppfoljning"}).content.decode()
        assert "3\N{NO-BREAK SPACE}mål visas inte med det här filtret." in content

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ({"amne": "strunt"}, "Ämnet ”strunt” finns inte."),
            ({"parti": ["x", "v"]}, "Partiet ”x” har ingen plan att jämföra här."),
            ({"parti": "v"}, "Välj två olika partier att jämföra."),
            ({"parti": ["v", "v"]}, "Välj två olika partier att jämföra."),
            ({"slag": "löfte"}, "Slaget ”löfte” finns inte"),
            ({"visa": "bara-x"}, "Urvalet ”bara-x” finns inte."),
            ({"q": "å" * 101}, "Sök med högst 100 tecken."),
            ({"q": "a\0b"}, "inte tillåtna"),
            ({"amne": "<script>alert(1)</script>"}, "Ämnet ”&lt;script&gt;alert(1)&lt;/script&gt;” finns inte."),
        ],
    )
    def test_nonsense_gives_a_message_and_all_goals(self, client: Client, plans, query, message):
        """A filter that makes no sense is named and left out; the page still shows everything."""
        response = client.get(COMPARE, query)
        assert response.status_code == 200
        content = response.content.decode()
        assert message in content
        assert len(quotes(content)) == 78
        assert "<script>alert" not in content

    def test_a_bad_choice_leaves_the_others(self, client: Client, plans):
        """Only what is wrong is left out."""
        content = client.get(COMPARE, {"amne": "strunt", "visa": "bara-kd"}).content.decode()
        assert len(quotes(content)) == 10

    def test_htmx_gets_the_changed_parts(self, client: Client, plans):
        """Htmx gets result, form and count, with a clean address to push; the cache keeps the answers apart."""
        query = {"visa": "bara-kd", "amne": "", "slag": "", "q": ""}
        response = client.get(COMPARE, query, headers={"HX-Request": "true"})
        content = response.content.decode()
        assert "<html" not in content
        assert len(quotes(content)) == 10
        assert '<p id="antal" hx-swap-oob="innerHTML">' in content
        assert 'id="filter"' in content
        assert f'data-address="{COMPARE}?visa=bara-kd"' in content
        assert "HX-Request" in response["Vary"]

    def test_history_gets_the_whole_page(self, client: Client, plans):
        """A pushed address that htmx asks for again, to restore history, gives the whole page."""
        headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        assert "<html" in client.get(COMPARE, headers=headers).content.decode()

    def test_previous_and_next_topic(self, client: Client, plans):
        """A chosen topic leads to the ones before and after it."""
        content = client.get(COMPARE, {"amne": "missbruk-och-beroende"}).content.decode()
        assert 'class="previous" href="?amne=barn-och-unga"' in content
        assert 'class="next" href="?amne=vald-i-nara-relation-och-jamstalldhet"' in content


class TestThreeParties:
    @pytest.fixture
    def three(self, plans):
        """Add a third, invented party with one goal on an issue that two have and one on its own."""
        proposal = ProposalFactory(
            plan_year=plans, party=PartyFactory(name="Åsiktspartiet", abbreviation="ÅP", slug="ap")
        )
        shared = Goal.objects.get(proposal__party__slug="v", number=25).issue
        GoalFactory(proposal=proposal, number=1, issue=shared)
        own = IssueFactory(committee=plans.committee, topic=shared.topic, name="Egen fråga", slug="egen-fraga")
        GoalFactory(proposal=proposal, number=2, issue=own)
        return plans

    def test_a_relation_speaks_only_of_the_parties_it_was_made_for(self, client: Client, three):
        """A judgement about KD and V is not shown where V is left out and a third party stands in its place."""
        shown = client.get(COMPARE, {"parti": ["kd", "v"], "q": "fältassistenter"}).content.decode()
        assert "Båda planerna vill ha fler fältassistenter." in shown
        other = client.get(COMPARE, {"parti": ["kd", "ap"], "q": "fältassistenter"}).content.decode()
        assert "Båda planerna vill ha fler fältassistenter." not in other
        assert 'class="relation"' not in other

    def test_three_columns(self, client: Client, three):
        """Three parties stand beside each other, in Swedish order: Å comes after V."""
        content = client.get(COMPARE).content.decode()
        heads = re.findall(r'colhead" aria-hidden="true">(.*?)</div>', content, re.DOTALL)
        assert re.findall(r"</svg>\s*(.*?)\s*</p>", heads[0]) == [
            "Kristdemokraterna",
            "Vänsterpartiet",
            "Åsiktspartiet",
        ]
        assert len(quotes(content)) == 80

    def test_choose_two_of_three(self, client: Client, three):
        """Two of the three may be chosen, and the third's own issues then go."""
        content = client.get(COMPARE, {"parti": ["ap", "kd", ""]}).content.decode()
        assert len(quotes(content)) == 29
        assert "columns-2" in content
        assert "Välj" not in content.partition('id="resultat"')[2]

    def test_shared_means_at_least_two(self, client: Client, three):
        """Of three parties, an issue is shared when at least two have goals on it."""
        content = client.get(COMPARE, {"visa": "gemensamma"}).content.decode()
        assert content.count('<article class="issue"') == 10
        assert "Minst två partier" in content

    def test_only_one_of_three(self, client: Client, three):
        """Only the third party shows what the other two have no goals on."""
        content = client.get(COMPARE, {"visa": "bara-ap"}).content.decode()
        assert content.count('<article class="issue"') == 1

    def test_only_a_party_that_is_not_compared(self, client: Client, three):
        """Asking for only a party that is not in a column is reported, and all is shown."""
        content = client.get(COMPARE, {"parti": ["v", "kd"], "visa": "bara-ap"}).content.decode()
        assert "inte bland dem du jämför" in content
        assert len(quotes(content)) == 78

    @pytest.mark.parametrize("address", ["/", f"{BASE}/", f"{YEAR}/ap/", f"{YEAR}/ap/1/", f"{YEAR}/v/25/"])
    def test_other_pages(self, client: Client, three, address):
        """Every other page takes a third party too."""
        content = client.get(address).content.decode()
        assert "Åsiktspartiet" in content

    def test_four_parties_choose_three(self, client: Client, three):
        """With four plans three are shown at once, and a fourth column is refused in words."""
        ProposalFactory(plan_year=three, party=PartyFactory(name="Öpartiet", abbreviation="ÖP", slug="op"))
        content = client.get(COMPARE).content.decode()
        assert "columns-3" in content
        assert "Välj högst 3 partier." in client.get(COMPARE, {"parti": ["op", "ap", "v", "kd"]}).content.decode()


class TestOtherYears:
    def test_issue_shows_all_years_with_the_same_number_of_queries(
        self, client: Client, plans, v, django_assert_num_queries
    ):
        """The issue page gathers every year, the latest first, in as many queries as for one."""
        address = f"{BASE}/fraga/faltassistenter/"
        with django_assert_num_queries(8):
            client.get(address)
        issue = Goal.objects.get(proposal=v, number=25).issue
        for year in (2018, 2019):
            later = ProposalFactory(plan_year=PlanYearFactory(committee=plans.committee, year=year), party=v.party)
            GoalFactory(proposal=later, number=1, issue=issue)
        with django_assert_num_queries(8):
            content = client.get(address).content.decode()
        assert re.findall(r'<h2 id="ar-\d+">(\d+)</h2>', content) == ["2019", "2018", "2017"]

    def test_topic_queries(self, client: Client, plans, django_assert_num_queries):
        """The topic page asks a fixed number of questions."""
        with django_assert_num_queries(9):
            client.get(f"{BASE}/amne/barn-och-unga/")


class TestGoal:
    def test_words_source_and_facts(self, client: Client, plans):
        """The page quotes the goal, gives what the text states, and leads to its line in the plan."""
        content = client.get(f"{YEAR}/kd/16/").content.decode()
        (title,) = re.findall(r"<h1[^>]*>(.*?)</h1>", content, re.DOTALL)
        assert title == "2017 ska minst 97 % av medarbetarna uppleva god hälsa."
        assert "Ej bedömt" in content
        assert "Ej känt" in content
        assert "minst 97\N{NO-BREAK SPACE}%" in content
        assert f'href="{YEAR}/kd/#rad-83">Rad 83 i planen</a>' in content
        assert f'href="{YEAR}/kd/original/"' in content

    def test_nothing_is_said_that_the_text_does_not_state(self, client: Client, plans):
        """A goal without target, year, frequency or doer has no such rows."""
        content = client.get(f"{YEAR}/v/3/").content.decode()
        for label in ("Målvärde</dt>", "Hur ofta", "År i texten", "Utförare"):
            assert label not in content

    def test_same_issue_side_by_side(self, client: Client, plans):
        """The other party's goals on the issue stand beside this one, which is marked."""
        content = client.get(f"{YEAR}/v/21/").content.decode()
        assert set(quotes(content)) == texts("V 21", "KD 4", "KD 17")
        assert content.count('aria-current="true"') == 1

    def test_previous_and_next(self, client: Client, plans):
        """The first goal has no previous, the last no next."""
        first, last = (client.get(f"{YEAR}/kd/{number}/").content.decode() for number in (1, 27))
        assert 'class="previous"' not in first
        assert f'class="next" href="{YEAR}/kd/2/"' in first
        assert f'class="previous" href="{YEAR}/kd/26/"' in last
        assert 'class="next"' not in last

    def test_citation(self, client: Client, plans):
        """The citation names party, plan, number, line and address."""
        content = client.get(f"{YEAR}/v/25/").content.decode()
        citation = re.sub(r"<[^>]+>", "", re.search(r'id="hanvisning">(.*?)</p>', content, re.DOTALL)[1])
        assert citation.startswith(
            "Vänsterpartiet (2017). Förslag till Verksamhetsplan 2017 för Socialnämnden. Socialnämnden i Eskilstuna. "
            "Uppdrag V 25, rad 145: ”Förstärka antalet fältassistenter för att täcka fler bostadsområden”. "
            f"http://testserver{YEAR}/v/25/ (hämtad "
        )

    def test_sic(self, client: Client, plans):
        """A stray mark in the original is explained, outside the quote."""
        content = client.get(f"{YEAR}/v/36/").content.decode()
        assert "Så står det i originalet: <q>utvecklas”</q>." in content
        assert texts("V 36") == {"Kolloverksamheten ska fortsätta utvecklas”"}
        assert "[sic]" not in "".join(quotes(content))

    def test_queries(self, client: Client, plans, django_assert_num_queries):
        """The page asks a fixed number of questions."""
        with django_assert_num_queries(7):
            client.get(f"{YEAR}/kd/4/")

    def test_goal_without_issue(self, client: Client, plans):
        """A goal that nobody has placed yet has its page and stands on the comparison."""
        goal = GoalFactory(proposal=plans.proposals.first(), number=900)
        assert client.get(goal.get_absolute_url()).status_code == 200
        content = client.get(COMPARE).content.decode()
        assert "Ännu inte ordnade efter fråga" in content
        assert "33\N{NO-BREAK SPACE}frågor och 79\N{NO-BREAK SPACE}mål" in content
        assert goal.passage.text in quotes(content)


class TestStart:
    def test_counts(self, client: Client, plans):
        """The start page counts goals per party, kind and topic, and says that nobody has judged them."""
        response = client.get("/")
        summary = response.context["summary"]
        assert [(row.goals, row.assignments) for row in summary.parties] == [(14, 13), (33, 18)]
        assert (summary.issues, summary.shared, summary.total) == (33, 10, 78)
        assert [topic.issues for topic in summary.topics] == [10, 4, 4, 2, 2, 3, 5, 3]

    def test_queries(self, client: Client, plans, django_assert_num_queries):
        """The page asks a fixed number of questions."""
        with django_assert_num_queries(12):
            client.get("/")

    def test_empty_site(self, client: Client, db):
        """Before any plan is loaded, the start page says so."""
        assert "Inga planer är inlästa än." in client.get("/").content.decode()

    def test_several_plan_years(self, client: Client, plans):
        """The latest year stands first, and the others are linked."""
        ProposalFactory(plan_year=PlanYearFactory(year=2030))
        response = client.get("/")
        assert response.context["plan_year"].year == 2030
        assert f'href="{COMPARE}"' in response.content.decode()


class TestCommittee:
    def test_plans_topics_and_issues(self, client: Client, plans, django_assert_num_queries):
        """The committee's page leads to every plan, topic and issue."""
        with django_assert_num_queries(3):
            content = client.get(f"{BASE}/").content.decode()
        assert content.count(f'href="{BASE}/fraga/') == 33
        assert content.count(f'href="{BASE}/amne/') == 8
        assert content.index(f'href="{YEAR}/kd/"') < content.index(f'href="{YEAR}/v/"')

    def test_bare_year_leads_to_the_comparison(self, client: Client, plans):
        """An address cut off at the year leads on."""
        response = client.get(f"{YEAR}/")
        assert (response.status_code, response["Location"]) == (301, COMPARE)


class TestNotFound:
    @pytest.mark.parametrize(
        ("address", "words", "link"),
        [
            (f"{YEAR}/s/", "Partiet ”s” har ingen plan", f'href="{YEAR}/kd/"'),
            (f"{YEAR}/s/1/", "Partiet ”s” har ingen plan", f'href="{YEAR}/v/"'),
            (
                f"{YEAR}/v/52/",
                "inget mål med nummer 52. Planen har 51 mål",
                f'href="{YEAR}/v/?visa=mal"',
            ),
            (f"{YEAR}/v/0/", "inget mål med nummer 0", f'href="{COMPARE}"'),
            (f"{BASE}/2016/jamfor/", "inga planer för Socialnämnden i Eskilstuna år 2016", f'href="{COMPARE}"'),
            (f"{BASE}/2016/v/", "år 2016", f'href="{COMPARE}"'),
            (f"{BASE}/amne/finns-inte/", "Ämnet ”finns-inte” finns inte", f'href="{BASE}/amne/medarbetare/"'),
            (f"{BASE}/fraga/finns-inte/", "Frågan ”finns-inte” finns inte", f'href="{BASE}/amne/medarbetare/"'),
            ("/eskilstuna/byggnadsnamnden/", "”byggnadsnamnden”", f'href="{COMPARE}"'),
            ("/ingenstans/", "Adressen leder inte till någon sida", 'href="/"'),
            (f"{YEAR}/v/99999999999999999999/", "nummer 99999999999999999999", f'href="{COMPARE}"'),
            (f"{BASE}/99999999999999999999/jamfor/", "99999999999999999999", f'href="{COMPARE}"'),
        ],
    )
    def test_says_what_there_is_instead(self, client: Client, plans, address, words, link):
        """An address that leads nowhere is answered in plain words, with links to what there is."""
        response = client.get(address)
        content = response.content.decode()
        assert response.status_code == 404
        assert words in content
        assert link in content
        assert 'name="robots" content="noindex"' in content


def test_hostile_words_are_only_words(client: Client, plans):
    """Whatever a plan, a party or an issue is called, it is text on every page."""
    evil = "<script>alert(1)</script>\"'&"
    party = PartyFactory(name=evil, abbreviation="<b>&", slug="ond")
    proposal = ProposalFactory(plan_year=plans, party=party, title=evil)
    issue = IssueFactory(committee=plans.committee, topic=Goal.objects.first().issue.topic, name=evil, slug="ond")
    passage = PassageFactory(proposal=proposal, kind="goal", text=evil, sic=[evil])
    GoalFactory(proposal=proposal, passage=passage, number=1, issue=issue, responsible=[evil], frequency=evil)
    addresses = ("/", f"{BASE}/", COMPARE, f"{YEAR}/ond/", f"{YEAR}/ond/1/", f"{BASE}/fraga/ond/", f"{YEAR}/x/")
    for address in (*addresses, f"{BASE}/amne/{issue.topic.slug}/"):
        content = client.get(address).content.decode()
        assert "alert(1)" in content, address
        assert "<script>alert" not in content, address
        assert "<b>&" not in content, address


def test_a_plan_that_is_published_while_a_page_is_made(plans, client: Client, monkeypatch: pytest.MonkeyPatch):
    """Its goals are read where the plan had not been: the page leaves them out, and the next one has them."""
    read = material._by_proposal

    def read_before(*given: Any) -> material.ByProposal:
        return {key: row for key, row in read(*given).items() if row[1].party.slug != "v"}

    monkeypatch.setattr(material, "_by_proposal", read_before)
    compared = client.get(f"{YEAR}/jamfor/")
    assert (compared.status_code, compared.content.decode().count('<li class="goal"')) == (200, 27)
    assert client.get(f"{YEAR}/v/25/").status_code == 200
