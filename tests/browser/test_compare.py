"""The comparison in a reader's hands: filter with and without scripts, history, focus, phone, print."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import THREE, YEAR
from tests.browser.weigh import weigh

COMPARE = f"{YEAR}/jamfor/"


def wait_for_htmx(page: Page) -> None:
    """Wait until htmx has come, which the first touch of the filter fetches."""
    page.locator("script[src*=htmx]").wait_for(state="attached")
    page.wait_for_load_state("networkidle")


@pytest.fixture
def compare(clean_page: Page, site: str) -> Page:
    """Open the comparison, with its script fetched."""
    clean_page.goto(site + COMPARE)
    clean_page.locator(".filter").hover()
    wait_for_htmx(clean_page)
    return clean_page


def test_filter_swaps_pushes_and_announces(compare: Page, site: str):
    """A choice changes only the result; the address follows, the count is announced, the focus stays."""
    compare.evaluate("window.sameDocument = true; document.getElementById('antal').marked = true")
    compare.get_by_label("Båda partierna").check()
    compare.get_by_label("Ämne", exact=True).select_option("medarbetare")
    compare.get_by_role("button", name="Visa", exact=True).click()
    expect(compare.get_by_role("status")).to_have_text(re.compile("Visar 2.frågor och 6.mål och uppdrag"))
    expect(compare).to_have_url(f"{site}{COMPARE}?amne=medarbetare&visa=gemensamma")
    expect(compare).to_have_title(re.compile("^Medarbetare: Jämför"))
    assert compare.evaluate("window.sameDocument && document.getElementById('antal').marked")
    assert compare.evaluate("document.activeElement.id") == "visa"
    assert compare.locator(".issue").count() == 2
    assert compare.get_by_label("Ämne", exact=True).input_value() == "medarbetare"


def test_pushed_address_serves_the_whole_page(compare: Page, site: str):
    """The address that was pushed shows the same when it is opened afresh."""
    compare.get_by_label("Bara KD").check()
    compare.get_by_role("button", name="Visa", exact=True).click()
    expect(compare).to_have_url(f"{site}{COMPARE}?visa=bara-kd")
    before = compare.locator("#resultat").inner_text()
    compare.reload()
    assert compare.locator("#resultat").inner_text() == before
    expect(compare.get_by_label("Bara KD")).to_be_checked()


def test_back_and_forward(compare: Page, site: str):
    """Back and forward show what was there, with the form as it was."""
    for label, count in (("Bara KD", 6), ("Bara V", 17)):
        compare.get_by_label(label).check()
        compare.get_by_role("button", name="Visa", exact=True).click()
        expect(compare.locator(".issue")).to_have_count(count)
    compare.go_back()
    expect(compare.locator(".issue")).to_have_count(6)
    expect(compare.get_by_label("Bara KD")).to_be_checked()
    compare.go_back()
    expect(compare.locator(".issue")).to_have_count(33)
    expect(compare).to_have_url(site + COMPARE)
    compare.go_forward()
    expect(compare.locator(".issue")).to_have_count(6)
    assert compare.evaluate("localStorage.length + sessionStorage.length") == 0


def test_enter_in_the_search_field_keeps_the_place(compare: Page):
    """Enter filters, and the focus stays in the field."""
    field = compare.get_by_label("Ord", exact=True)
    field.fill("fröslunda")
    field.press("Enter")
    expect(compare.locator(".issue")).to_have_count(1)
    assert compare.evaluate("document.activeElement.id") == "q"
    assert compare.locator("mark").first.inner_text() == "Fröslunda"


def test_a_part_that_cannot_be_had_gives_the_whole_page(page: Page, site: str):
    """If htmx's request fails, the choice is asked for as an ordinary page."""
    page.goto(site + COMPARE)
    page.locator(".filter").hover()
    wait_for_htmx(page)
    page.route(
        "**/jamfor/**", lambda route: route.abort() if "hx-request" in route.request.headers else route.continue_()
    )
    page.get_by_label("Bara KD").check()
    page.get_by_role("button", name="Visa", exact=True).click()
    page.wait_for_url("**/jamfor/?*visa=bara-kd*")
    expect(page.locator(".issue")).to_have_count(6)


def test_swap_parties(compare: Page, site: str):
    """The parties change places; the focus stays on the link, which leads back."""
    names = compare.locator(".colhead").first.locator(".party")
    expect(names).to_contain_text(["Kristdemokraterna", "Vänsterpartiet"])
    link = compare.get_by_role("link", name="Byt plats på partierna")
    link.focus()
    link.press("Enter")
    expect(names).to_contain_text(["Vänsterpartiet", "Kristdemokraterna"])
    expect(compare).to_have_url(f"{site}{COMPARE}?parti=v&parti=kd")
    assert compare.evaluate("document.activeElement.id") == "byt-plats"
    compare.keyboard.press("Enter")
    expect(names).to_contain_text(["Kristdemokraterna", "Vänsterpartiet"])


def test_filter_without_scripts(bare_page: Page, site: str):
    """Without JavaScript the same form is an ordinary one, and gives the same."""
    bare_page.goto(site + COMPARE)
    bare_page.get_by_label("Båda partierna").check()
    bare_page.get_by_label("Ämne", exact=True).select_option("medarbetare")
    bare_page.get_by_role("button", name="Visa", exact=True).click()
    assert bare_page.locator(".issue").count() == 2
    assert "visa=gemensamma" in bare_page.url
    bare_page.get_by_role("link", name="Visa alla igen").click()
    assert bare_page.locator(".issue").count() == 33
    bare_page.get_by_text("varför?").first.click()
    expect(bare_page.get_by_text("Båda planerna vill ha fler fältassistenter.")).to_be_visible()
    bare_page.get_by_role("link", name="Byt plats på partierna").click()
    assert bare_page.locator(".colhead .party").first.inner_text().endswith("Vänsterpartiet")


def test_keyboard_only(clean_page: Page, site: str):
    """With the keyboard alone: reach the filter, choose, show, unfold a reason, go to a goal."""
    page = clean_page
    page.goto(site + COMPARE)

    def tab_to(condition: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(f"(() => {{ const at = document.activeElement; return {condition}; }})()"):
                return
        raise AssertionError(f"Tab never led to {condition}")

    tab_to("at.name === 'visa'")
    page.keyboard.press("ArrowRight")
    tab_to("at.id === 'visa'")
    wait_for_htmx(page)
    page.keyboard.press("Enter")
    expect(page.locator(".issue")).to_have_count(10)
    assert page.evaluate("document.activeElement.id") == "visa"
    tab_to("at.closest('.relation')")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Båda planerna vill ha fler fältassistenter.")).to_be_visible()
    tab_to("at.closest('.goal')")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}{YEAR}/kd/11/")


class TestPhone:
    @pytest.fixture
    def phone(self, browser: Browser, site: str):
        context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True)
        page = context.new_page()
        page.goto(site + COMPARE)
        yield page
        context.close()

    def shown(self, page: Page) -> list[str]:
        return [heading.inner_text() for heading in page.locator(".topic > h2").all() if heading.is_visible()]

    def test_one_topic_at_a_time(self, phone: Page):
        """A phone shows one topic, with the way to the next and back."""
        assert self.shown(phone) == ["Barn och unga"]
        phone.locator(".turns:visible .next").click()
        assert self.shown(phone) == ["Missbruk och beroende"]
        assert phone.url.endswith("#amne-missbruk-och-beroende")
        phone.locator(".turns:visible .previous").click()
        assert self.shown(phone) == ["Barn och unga"]

    def test_link_to_an_issue_shows_its_topic(self, phone: Page, site: str):
        """A shared link to an issue shows the topic that it stands under."""
        phone.goto(f"{site}{COMPARE}#fraga-budget-i-balans")
        assert self.shown(phone) == ["Demokrati och ekonomi"]
        assert phone.locator("#fraga-budget-i-balans").is_visible()

    def test_party_is_named_in_every_block(self, phone: Page):
        """Each party's goals stand under its name, below each other."""
        columns = phone.locator("#fraga-faltassistenter .column")
        assert [column.locator("h4").inner_text() for column in columns.all()] == [
            "KD\nKristdemokraterna",
            "V\nVänsterpartiet",
        ]
        first, second = (column.bounding_box() for column in columns.all())
        assert second["y"] > first["y"] + first["height"]

    def test_filter_is_folded_and_works(self, phone: Page):
        """The choices are folded until wanted, and a search shows every topic it finds something in."""
        assert not phone.get_by_label("Ord", exact=True).is_visible()
        phone.get_by_text("Välj vad som visas").tap()
        phone.get_by_label("Ord", exact=True).fill("kvinnor")
        phone.get_by_role("button", name="Visa", exact=True).tap()
        expect(phone.locator("#resultat .goal mark").first).to_be_visible()
        assert len(self.shown(phone)) > 1


def test_columns_are_equal_and_aligned(compare: Page):
    """On a wide window both columns are equally wide and begin at the same height, and the names stick."""
    first, second = (box.bounding_box() for box in compare.locator("#fraga-faltassistenter .column").all())
    assert first["width"] == second["width"]
    assert first["y"] == second["y"]
    compare.locator("#fraga-kollo-och-barnkoloni").scroll_into_view_if_needed()
    compare.mouse.wheel(0, 300)
    assert compare.locator(".colhead").first.bounding_box()["y"] == 0


def test_three_columns_and_a_choice_of_two(clean_page: Page, site: str):
    """Three parties stand beside each other; two of them, in the order wanted, can be chosen."""
    page = clean_page
    page.goto(f"{site}{THREE}/2026/jamfor/")
    page.locator(".filter").hover()
    wait_for_htmx(page)
    assert page.locator("#fraga-bankar .column").count() == 3
    page.get_by_label("Kolumn 1").select_option("ap")
    page.get_by_label("Kolumn 2").select_option("z")
    page.get_by_label("Kolumn 3").select_option("")
    page.get_by_role("button", name="Visa", exact=True).click()
    expect(page).to_have_url(f"{site}{THREE}/2026/jamfor/?parti=ap&parti=z")
    expect(page.locator("#fraga-bankar .column")).to_have_count(2)


def test_print_keeps_columns_and_drops_navigation(compare: Page):
    """On paper: both columns, no menu, no filter, and no topic left out."""
    compare.emulate_media(media="print")
    for gone in (".masthead nav", ".filter", ".contents", ".footer", ".anchor"):
        assert not compare.locator(gone).first.is_visible(), gone
    compare.set_viewport_size({"width": 700, "height": 1000})
    first, second = (box.bounding_box() for box in compare.locator("#fraga-faltassistenter .column").all())
    assert first["y"] == second["y"]
    assert all(topic.is_visible() for topic in compare.locator(".topic").all())


def test_print_gives_every_goal(compare: Page, tmp_path):
    """Paper has all 78 goals, and the running text of a party that has no goal, on a sensible number of pages."""
    compare.emulate_media(media="print")
    assert sum(goal.is_visible() for goal in compare.locator(".goal .quote").all()) == 78
    prose = compare.locator("#fraga-boende-och-stod-for-kvinnor-med-missbruk .none + .prose blockquote")
    assert prose.first.is_visible()
    assert compare.locator("#fraga-kollo-och-barnkoloni .sic p").is_visible()
    compare.pdf(path=tmp_path / "jamfor.pdf", format="A4")
    pages = len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "jamfor.pdf").read_bytes()))
    assert 5 <= pages <= 18


def test_first_view_is_light(browser: Browser, site: str):
    """The first view of the comparison takes at most 110 kB over the wire with fonts, a repeated one at most 20 kB."""
    weight = weigh(browser, site + COMPARE)
    assert weight.first <= 110_000
    assert weight.repeated <= 20_000
    assert weight.shift <= 0.02
