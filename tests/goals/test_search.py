"""The search: what it finds, what it forgives, that it is never stale, and how its pages answer whatever is typed."""

import html
import re
import threading
from functools import partial
from importlib import import_module
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goals.models import Goal, Issue, Mention, Topic
from goals.rearrange import merge_issues
from goals.search import effort, hits, weighing
from goals.search.find import GOALS, PAGE, Found, search
from goals.search.query import LONGEST_QUERY, TOO_COMMON, Query
from goals.search.suggestions import suggest
from goals.search.synonyms import ALIKE, NARROWER, others_for
from parties.models import Party
from proposals.models import Passage, Proposal, Word
from proposals.words import plain, words_of
from tests.at_once import at_once
from tests.cast import CAST, Cast
from tests.conftest import BASE, YEAR
from tests.evaluation import FAILED, searching
from tests.factories import GoalFactory, IssueFactory, PassageFactory, PlanYearFactory, ProposalFactory, TopicFactory
from tests.goals.test_versions import OLD_TEXT, publish_text

#: Whatever may be typed, with what has a meaning in a search, in SQL or in HTML more often than by chance.
TYPED = st.text(
    st.one_of(st.sampled_from("åäöÅéaks \"”-–'\\&|!<>():*%_;/\x00\u00ad\u0301"), st.characters(codec="utf-8")),
    max_size=230,
)


def found(text: str, **narrowed: object) -> list[str]:
    """Search, and give the references of what is found, best first."""
    return [line.reference for line in search(Query.read(text), hits.Narrowing(**narrowed)).best]


def goal(text: str, **fields: object) -> Goal:
    """Publish a goal that says ``text``."""
    proposal = fields.pop("proposal", None) or ProposalFactory()
    passage = PassageFactory(proposal=proposal, kind=Passage.Kind.GOAL, text=text)
    return GoalFactory(proposal=proposal, passage=passage, **fields)


def page(client: Client, **chosen: str) -> str:
    """Get the page of a search, which must answer."""
    response = client.get("/sok/", chosen)
    assert response.status_code == 200, chosen
    return str(response.content.decode())


class TestWhatIsFound:
    """Goals, running text, issues and topics, in whatever form the word has."""

    def test_the_queries_of_readers(self, plans):
        """Of what answers 72 queries over the two real plans, nine tenths are among the first five hits."""
        asked = searching.measure()
        assert len(asked) >= 60
        assert not [line for line in searching.lines_of(asked) if line.startswith(FAILED)]

    @pytest.mark.parametrize(
        ("typed", "text"),
        [
            ("skolan", "Fler vuxna i alla skolor"),
            ("bostad", "Bygg billiga bostäder"),
            ("missbruk", "Bättre missbruksvård"),
            ("vård", "Bättre missbruksvård"),
            ("fältasistent", "Fler Fältassistenter"),
            ("faltassistent", "Fler Fältassistenter"),
            ("ide", "Ta vara på medarbetarnas idéer"),
            ("FALTASSISTENT", "Fler Fältassistenter"),
            ("6-timmarsarbetsdag", "Pröva 6-timmarsarbetsdag"),
            ("socialbidrag", "Rättssäker handläggning av ekonomiskt bistånd"),
            ("café", "Öppna ett cafe"),
            ("ungdomsverksamheter", "Mer verksamhet för ungdomar"),
        ],
    )
    def test_forgiven(self, db, typed, text):
        """Inflections, compounds, missing dots, misspellings and other words for the same thing are forgiven."""
        wanted = goal(text)
        goal("Något helt annat")
        assert found(typed) == [wanted.reference]

    @pytest.mark.parametrize(
        ("typed", "is_found"),
        [
            ('"barn och unga"', True),
            ('"unga och barn"', False),
            ('"barnens"', False),
            ("barnens", True),
            ("barn -unga", False),
            ("barn -äldre", True),
            ('barn -"barn och äldre"', True),
            ('"barn och unga', True),
        ],
    )
    def test_quotation_marks_and_minus(self, db, typed, is_found):
        """What stands in quotation marks is found just so, and what has a minus must not be there."""
        wanted = goal("Stöd till barn och unga")
        assert found(typed) == ([wanted.reference] if is_found else [])

    def test_those_with_every_word_come_first(self, db):
        """Where few have every word they stand first, and those with some of them follow."""
        some = goal("Fler bänkar")
        every = goal("Fler bänkar i alla de stora parkerna vid ån som rinner genom staden")
        assert found("bänkar parkerna") == [every.reference, some.reference]
        assert search(Query.read("bänkar parkerna")).is_partial

    def test_letters_count_for_who_writes_them(self, db):
        """Who writes å means å; who writes a means either."""
        ways, chosen = goal("Mot våld"), goal("De är valda")
        assert found("våld")[0] == ways.reference
        assert set(found("vald")) == {ways.reference, chosen.reference}

    def test_a_reference_leads_to_its_goal(self, v):
        """What a goal is cited as ("V 25") leads to it alone, however it is written."""
        assert found("V 25") == found("v25") == ["V 25"]
        assert found("X 25") == []

    def test_every_other_word_is_its_own(self):
        """Every term is found by itself, and in its inflections, and what only begins alike is another word."""
        for term in [term for group in ALIKE for term in group] + [term for term, _ in NARROWER]:
            assert others_for(" ".join(word for word in words_of(term) if word not in TOO_COMMON)), term
        assert any("försörjningsstöd" in others for *_, others in others_for("socialbidragen"))
        assert others_for("lovord") == []

    def test_names_of_issues_in_use(self, plans):
        """A topic without an issue is not found, since it has no page."""
        TopicFactory(committee=plans.committee, name="Zebror")
        assert found("zebror") == []
        IssueFactory(topic=Topic.objects.get(name="Zebror"), name="Hästar")
        assert found("zebror") == ["ämne Zebror"]


class TestNeverStale:
    """Whatever way something is written, the search knows it at once."""

    def test_a_newer_version(self, kd: Proposal):
        """What a newer version says is found, and what it left out is not, in goals and in running text."""
        old, new = "Bygg fungerande formella nätverk", "Bygg fungerande skrattkammare"
        text = OLD_TEXT.replace(old, new).replace("ett ungdomsboende med stöd", "en zeppelinare")
        assert found('"formella nätverk"') == ["KD 24"]
        publish_text(kd, text, {number: number for number in range(1, 24)} | {24: 24, 26: 26, 27: 27})
        assert found("skrattkammaren") == ["KD 24"]
        assert found("zeppelinare") == ["KD rad 27"]
        assert found('"formella nätverk"') == found("ungdomsboende") == []
        assert found('"analys över problematiken"') == ["KD 28"]
        assert not {"KD 25"} & set(found("analys problematiken"))

    def test_names(self, plans):
        """An issue and a topic are found by the name that they have, however they got it."""
        issue, topic = Issue.objects.get(slug="tjejhus"), Topic.objects.get(slug="medarbetare")
        issue.rename("Skrattkammare på stan")
        topic.rename("Zeppelinare")
        assert found("skrattkammaren") == ["fråga Skrattkammare på stan"]
        assert found("zeppelinarna") == ["ämne Zeppelinare"]
        assert "fråga Tjejhus" not in found("tjejhus")
        merge_issues(issue, Issue.objects.get(slug="diskriminering-och-rasism"), {})
        assert found("skrattkammare") == []

    def test_by_any_way_of_writing(self, db):
        """The database itself keeps the index and the words: rows in bulk and updates past the models are known too."""
        proposal = ProposalFactory()
        rows = [PassageFactory.build(proposal=proposal, text=text) for text in ("Skrattkammare", "Lekstuga")]
        Passage.objects.bulk_create(rows)
        assert len(found("skrattkammaren")) == 1
        Passage.objects.filter(text="Lekstuga").update(text="Zeppelinare")
        assert len(found("zeppelinarna")) == 1
        assert found("lekstuga") == []
        with connection.cursor() as cursor:
            cursor.execute("UPDATE proposals_passage SET text = 'Ubåt' WHERE text = 'Zeppelinare'")
        assert len(found("ubåten")) == 1

    def test_what_was_there_before_the_search(self, plans):
        """The migrations give the lexicon all that was written before them, as the triggers do after."""
        kept = set(Word.objects.values_list("word", flat=True))
        assert {"fältassistenter", "myndighetsutövning", "lågtröskelboende"} <= kept
        Word.objects.all().delete()
        with connection.cursor() as cursor:
            for room in ("proposals", "goals"):
                cursor.execute(import_module(f"{room}.migrations.0006_words").FILL.replace("%", "%%"))
        assert set(Word.objects.values_list("word", flat=True)) == kept

    def test_two_plans_at_once(self, committed):
        """Two plans that bring the same new word do not wait for each other, and both are found."""
        both_have_written = threading.Barrier(2, timeout=20)
        proposals = [ProposalFactory(), ProposalFactory()]

        def write(proposal: Proposal) -> None:
            with transaction.atomic():
                PassageFactory(proposal=proposal, text="Zeppelinare")
                both_have_written.wait()

        assert not at_once(*(partial(write, proposal) for proposal in proposals))
        assert len(found("zeppelinarna")) == 2
        assert [one.text for one in suggest("zepp")] == ["zeppelinare"]

    def test_a_long_text(self, db):
        """A text that is longer than the index takes is found by its beginning, and can be published."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT search_vector(%s)", [" ".join(f"ord{number}" for number in range(200_000))])
            [(index,)] = cursor.fetchall()
        assert "'ord1':" in index
        assert "'ord199999':" not in index

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(st.characters(max_codepoint=0x17F, exclude_characters="\x00"), max_size=60))
    def test_python_and_the_database_see_the_same_words(self, db, text):
        """The words that are kept are the words that are marked."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT search_words(%s)", [text])
            [(words,)] = cursor.fetchall()
            assert words == words_of(text)
            cursor.execute("SELECT search_plain(word) FROM unnest(%s::text[]) AS word", [words])
            assert [row[0] for row in cursor.fetchall()] == [plain(word) for word in words]


class TestPage:
    """The page, as a reader gets it."""

    def test_groups_and_what_a_hit_shows(self, client: Client, plans):
        """Each kind has its heading, and each hit its party, its place, what was found, and how it stands."""
        content = page(client, q="fältassistenter")
        assert re.findall(r'<h2 id="(\w+)">', content) == ["names", "goals", "prose"]
        assert "<mark>fältassistenter</mark>" in content
        assert f'href="{YEAR}/v/25/"' in content
        assert f'href="{YEAR}/kd/#rad-39"' in content
        assert f'href="{BASE}/fraga/faltassistenter/"' in content
        assert "Ej bedömt" in content
        assert "under <q" in content

    def test_what_is_forgiven_is_said(self, client: Client, plans):
        """The reader is told of other words, of misspellings, and how to ask for just what was typed."""
        assert "Visar också träffar för" in page(client, q="hemlös")
        assert 'href="/sok/?q=%22heml%C3%B6s%22"' in page(client, q="hemlös")
        assert "Visar också" not in page(client, q='"hemlös"')
        assert "Inget ord i planerna stavas ”fältasistent”" in page(client, q="fältasistent")
        assert "Inget ord i planerna stavas ”scoial”. Träffarna gäller" in page(client, q="scoial")
        assert 'Menade du <a href="/sok/?q=familjecentral">' in page(client, q="familjcentrum")

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "Så söker du"),
            ("   ", "Så söker du"),
            ("och i", "går inte att söka på"),
            ("-barn", "minst ett ord som ska finnas med"),
            ("?!", "minst ett ord med bokstäver"),
            ('"', "minst ett ord med bokstäver"),
            ('""', "minst ett ord med bokstäver"),
            ("zebraparken", "Inget i planerna stämmer"),
            ("barn\x00", "Allt i adressen gick inte att använda"),
            ("0", "Inget i planerna stämmer"),
            ("a" * (LONGEST_QUERY + 1), f"högst {LONGEST_QUERY} tecken"),
            (" ".join(f"o{number}" for number in range(20)), "tolv första orden"),
            ("'; DROP TABLE goals_goal; --", "träff"),
            ("%", "minst ett ord"),
            ("_", "minst ett ord"),
            ("barn & ! | ( :*", "träffar"),
        ],
    )
    def test_whatever_is_typed(self, client: Client, plans, typed, said):
        """Odd input gets words that help, and never a fault."""
        assert said in page(client, q=typed)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
    @given(typed=TYPED)
    def test_no_text_is_a_fault(self, plans, typed):
        """Any text can be searched for, and any may be the beginning of one."""
        client = Client()
        assert client.get("/sok/", {"q": typed, "efter": typed, "ar": typed}).status_code == 200
        assert client.get("/sok/forslag/", {"q": typed}).status_code == 200

    def test_choices_that_are_none(self, client: Client, plans):
        """A choice that is not valid is told of, and the others hold."""
        content = page(
            client, q="fältassistenter", parti="finnsinte", slag="mal-och-uppdrag", ar="nittonhundra", amne="strunt"
        )
        assert "Partiet ”finnsinte” har ingen plan här" in content
        assert "finns inga planer för ”nittonhundra”" in content
        assert re.findall(r'<h2 id="(\w+)">', content) == ["goals"]

    def test_markup_is_text(self, client: Client, db):
        """What a plan, a name or a reader writes as markup is shown as it is written, also around marks."""
        proposal = ProposalFactory()
        goal('<script>alert("fjäril")</script> & <b>fjäril</b>', proposal=proposal)
        PassageFactory(proposal=proposal, text="x " * 300 + "<img src=fjäril onerror=alert(1)> " + "y " * 300)
        IssueFactory(
            topic=TopicFactory(committee=proposal.plan_year.committee, name="Ö"), name="<i>fjäril</i>", slug="fjaril"
        )
        content = page(client, q='fjäril <script>alert(1)</script>"><svg onload=alert(1)>')
        assert "&lt;<mark>script</mark>&gt;<mark>alert</mark>(&quot;<mark>fjäril</mark>&quot;)&lt;/" in content
        assert "&lt;img src=<mark>fjäril</mark>" in content
        assert not re.search(r"<script>|<img|<svg onload|<i>|<b>", content)

    def test_pages_follow_on_a_key(self, client: Client, db):
        """Page after page gives each hit once, also while more is published; no page has a number."""
        proposal = ProposalFactory()
        numbers = {goal("Plantera träd", proposal=proposal).number for _ in range(2 * PAGE + 3)}
        address, seen = "/sok/?q=tr%C3%A4d&slag=mal-och-uppdrag", []
        for step in range(3):
            content = client.get(address).content.decode()
            seen += [int(number) for number in re.findall(r'/(\d+)/">Mål', content)]
            following = re.search(r'class="next" href="([^"]+)"', content)
            address = html.unescape(following[1]) if following else ""
            if step == 0:
                goal("Plantera träd", proposal=proposal)
        assert not address
        assert sorted(seen) == sorted(numbers)
        for nonsense in ("x", "1", "-1--1", "99999999999-1", "1-99999999999999999999"):
            assert page(client, q="träd", slag="mal", efter=nonsense).count('class="hit"') == PAGE
        assert "inga fler träffar" in page(client, q="träd", slag="mal", efter="1-1")

    def test_counts_are_capped(self, client: Client, db, monkeypatch):
        """Of the commonest words no more are counted than are weighed, and the page says so."""
        monkeypatch.setattr(weighing, "WEIGHED", 3)
        proposal = ProposalFactory()
        for _ in range(5):
            goal("Plantera träd", proposal=proposal)
        content = page(client, q="träd")
        assert "Fler än 3 träffar" in content
        assert "fler än 3</span>" in content

    def test_narrowing(self, client: Client, plans):
        """The search is narrowed to a party, a kind, a year and a topic, alone and together."""
        kd, topic = Party.objects.get(slug="kd"), Topic.objects.get(slug="barn-och-unga")
        assert found("fältassistenter", party=kd)[:2] == ["fråga Fältassistenter", "KD 11"]
        assert set(found("fältassistenter", year=2016)) == set()
        assert set(found("fältassistenter", committee=plans.committee)) == set(found("fältassistenter"))
        assert set(found("fältassistenter", municipality=plans.committee.municipality)) == set(found("fältassistenter"))
        assert set(found("familjecentral", topic=topic)) == set(found("familjecentral"))
        assert "V 27" not in found("skola", topic=topic)
        assert found("fältassistenter", topic=Topic.objects.get(slug="medarbetare")) == []
        content = page(client, q="fältassistenter", parti="kd", slag="mal-och-uppdrag", amne="barn-och-unga")
        assert re.findall(r'class="meta"><a href="([^"]+)"', content) == [f"{YEAR}/kd/11/"]
        assert 'href="/sok/?q=f%C3%A4ltassistenter">Ta bort avgränsningen' in content

    def test_narrowing_to_a_place(self, client: Client, plans):
        """With several municipalities one chooses among them, and then among the committees of the chosen one."""
        other = goal("Fler fältassistenter").proposal.plan_year.committee
        assert set(found("fältassistenter", committee=other)) == {
            Goal.objects.get(proposal__plan_year__committee=other).reference
        }
        content = page(client, q="fältassistenter", kommun=other.municipality.slug)
        assert content.count('class="hit"') == 1
        assert 'name="namnd"' not in content
        assert 'name="amne"' not in page(client, q="barn")
        narrowed = page(client, q="fältassistenter", namnd=f"eskilstuna/{plans.committee.slug}")
        assert 'name="amne"' in narrowed
        assert "Eskilstuna" in narrowed
        assert other.name not in narrowed

    def test_running_text_of_a_topic(self, plans):
        """Of a topic, running text is found that speaks of one of its issues."""
        topic = Topic.objects.get(slug="missbruk-och-beroende")
        of_topic = {line for line in found("missbruk", topic=topic) if "rad" in line}
        mentioned = Mention.objects.filter(issue__topic=topic).select_related("passage__proposal__party")
        assert of_topic
        assert of_topic <= {
            f"{each.passage.proposal.party.abbreviation} rad {each.passage.first_line}" for each in mentioned
        }

    def test_as_many_queries_with_more_plans(self, client: Client, plans, django_assert_max_num_queries):
        """A page asks the database as often, however much there is and is found."""
        address = "/sok/?q=f%C3%A4ltassistenter"
        client.get(address)
        with django_assert_max_num_queries(20) as few:
            client.get(address)
        for year in range(2018, 2022):
            proposal = ProposalFactory(plan_year=PlanYearFactory(committee=plans.committee, year=year))
            issue = IssueFactory(topic=TopicFactory(committee=plans.committee), name="Fältassistenter ute")
            goal("Fler fältassistenter", proposal=proposal, issue=issue)
            PassageFactory(proposal=proposal, text="Om fältassistenter")
        with CaptureQueriesContext(connection) as many:
            assert page(client, q="fältassistenter").count('class="hit"') > 10
        assert len(many) <= len(few) + 1  # there is a choice of years now

    def test_same_for_everyone(self, cast: Cast):
        """Who has signed in finds what everybody finds."""
        pages = [page(cast.client(who), q="fältassistenter") for who in CAST]
        hits_of = [re.findall(r'<li class="hit">.*?</li>', content, re.DOTALL) for content in pages]
        assert all(each == hits_of[0] for each in hits_of)
        assert hits_of[0]

    def test_engines_leave_results_alone(self, client: Client, plans):
        """Search engines read the page of the search, not what it finds."""
        assert "X-Robots-Tag" not in client.get("/sok/")
        assert client.get("/sok/", {"q": "barn"})["X-Robots-Tag"] == "noindex"

    def test_the_start_page_leads_here(self, client: Client, plans):
        """The form on the start page searches all plans."""
        assert '<form class="find" method="get" action="/sok/"' in client.get("/").content.decode()

    def test_an_old_address_of_a_topic(self, client: Client, plans):
        """A search narrowed to a topic by an address that it had leads on."""
        Topic.objects.get(slug="medarbetare").rename("Personalen")
        response = client.get("/sok/", {"q": "heltid", "amne": "medarbetare"})
        assert response.status_code == 301
        assert response["Location"] == "/sok/?q=heltid&amne=personalen"


class TestSuggestions:
    """What is suggested as one types."""

    def test_words_and_names(self, client: Client, plans):
        """Words that go on as one has begun, the most usual first, and names of issues and topics."""
        assert suggest("fält")[0].text == "fältassistenter"
        assert "Familjecentral och insatser i Fröslunda" in [one.text for one in suggest("famil")]
        assert "Familjecentral och insatser i Fröslunda" in [one.text for one in suggest("insatser fros")]
        assert suggest("mer fältas")[0].text == "mer fältassistenter"
        content = client.get("/sok/forslag/", {"q": "falt"}).content.decode()
        assert '<li role="option" id="forslag-1" aria-selected="false" data-text="fältassistenter">' in content

    @pytest.mark.parametrize("typed", ["", "f", "fält ", '"fält', "zebrap", "\x00", "-"])
    def test_nothing_to_suggest(self, plans, typed):
        """Too little, a finished word, or what no plan has gives nothing."""
        assert suggest(typed) == []

    def test_words_that_are_gone(self, db):
        """A word that no text has any more is not suggested."""
        passage = PassageFactory(text="Zeppelinare")
        assert suggest("zepp")
        passage.text = "Ubåt"
        passage.save()
        assert suggest("zepp") == []


def test_browsers_can_offer_the_search(client: Client, db):
    """The description for browsers is well-formed, and leads to the search."""
    response = client.get("/sok/opensearch.xml")
    assert response["Content-Type"].startswith("application/opensearchdescription+xml")
    root = ET.fromstring(response.content)  # noqa: S314 - our own
    space = {"os": "http://a9.com/-/spec/opensearch/1.1/"}
    [url] = root.findall("os:Url", space)
    assert url.get("template") == "http://testserver/sok/?q={searchTerms}"
    assert len(root.findtext("os:ShortName", namespaces=space)) <= 16


def test_nothing_without_a_word(db):
    """Without a word nothing is asked of the database."""
    with CaptureQueriesContext(connection) as asked:
        assert search(Query.read("- ?")).is_empty
    assert not asked
    assert isinstance(search(Query.read(""), kinds=[GOALS]), Found)


def test_pace(client: Client, plans, monkeypatch):
    """Who searches as only a program can waits a moment; each network is one, and the empty page is always there."""
    monkeypatch.setattr("goals.rates.AT_ONCE", 3)
    monkeypatch.setattr("goals.rates.PER_MINUTE", 1)
    caches["rates"].clear()
    for address in ("2001:db8::1", "2001:db8::2", "2001:db8::3"):
        assert client.get("/sok/?q=barn", REMOTE_ADDR=address).status_code == 200
    late = client.get("/sok/forslag/?q=ba", REMOTE_ADDR="2001:db8::4")
    assert late.status_code == 429
    assert 30 < int(late["Retry-After"]) <= 61
    assert "Du söker för ofta" in late.content.decode()
    assert client.get("/sok/", REMOTE_ADDR="2001:db8::4").status_code == 200
    assert client.get("/sok/?q=barn", REMOTE_ADDR="2001:db8:0:1::1").status_code == 200
    caches["rates"].clear()


def test_expected_in_the_order_asked(plans):
    """How common words are is told of each in its own place, also where the planner would read them all at once."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE proposals_passage")
        for how in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
            cursor.execute(f"SET LOCAL {how} = 0")
    rare, common = "'zebraparken'", "'och'"
    texts, *expected = effort._expected_texts([rare, common] * 12)
    assert len(expected) == 24
    assert texts == Passage.objects.count()
    assert max(expected[::2]) < min(expected[1::2])
