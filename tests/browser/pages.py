"""Every page that a reader can meet, for the checks that hold for all of them."""

from django.template.loader import render_to_string
from playwright.sync_api import Page

from tests.browser.drafts import YEAR as VERSIONS

YEAR = "/eskilstuna/socialnamnden/2017"
THREE = "/provkoping/provnamnden"

PAGES = {
    "start": "/",
    "municipality": "/eskilstuna/",
    "committee": "/eskilstuna/socialnamnden/",
    "compare": f"{YEAR}/jamfor/",
    "compare filtered": f"{YEAR}/jamfor/?amne=medarbetare&slag=mal&q=ska",
    "compare nothing found": f"{YEAR}/jamfor/?q=finnsinte",
    "compare nonsense": f"{YEAR}/jamfor/?amne=strunt&slag=mal&q=kollo",
    "compare three": f"{THREE}/2026/jamfor/",
    "overview": f"{YEAR}/oversikt/?period=delar",
    "overview own party and nonsense": f"{YEAR}/oversikt/?per=2017-09-30&mot=strunt&mitt=v",
    "overview goals": f"{YEAR}/oversikt/mal/?period=delar&mot=tertial-1&parti=kd",
    "overview three": f"{THREE}/2026/oversikt/",
    "plan V": f"{YEAR}/v/",
    "plan KD goals only": f"{YEAR}/kd/?visa=mal",
    "goal": f"{YEAR}/v/36/",
    "goal long": f"{YEAR}/kd/2/",
    "goal three": f"{THREE}/2026/ap/1/",
    "goal as of a day": f"{YEAR}/v/25/?per=2017-06-30",
    "compare as of a day": f"{YEAR}/jamfor/?per=2017-06-30&amne=demokrati-och-ekonomi",
    "plan newer version": f"{VERSIONS}/ap/",
    "plan earlier version": f"{VERSIONS}/ap/version/1/",
    "goal reworded": f"{VERSIONS}/ap/1/",
    "goal withdrawn": f"{VERSIONS}/ap/2/",
    "changes": "/andringar/",
    "reports": f"{YEAR}/rapport/",
    "report": f"{YEAR}/rapport/delar/1/",
    "topic": "/eskilstuna/socialnamnden/amne/barn-och-unga/",
    "issue": "/eskilstuna/socialnamnden/fraga/faltassistenter/",
    "issue three": f"{THREE}/fraga/bankar/",
    "embedded issue": f"{YEAR}/fraga/faltassistenter/inbaddad/",
    "embedded issue three": f"{THREE}/2026/fraga/bankar/inbaddad/",
    "embedded party": f"{YEAR}/v/inbaddad/",
    "data": "/data/",
    "data of a year": f"/data{YEAR}/",
    "data dictionary": "/data/ordlista/",
    "api": "/api/v1/",
    "search": "/sok/",
    "search found": "/sok/?q=f%C3%A4ltasistent",
    "search narrowed": "/sok/?q=skola+heml%C3%B6s&slag=mal-och-uppdrag&parti=v&kommun=eskilstuna",
    "search nothing found": "/sok/?q=zebraparken&parti=strunt",
    "about": "/om/",
    "accessibility": "/tillganglighet/",
    "sign in": "/logga-in/",
    "forgotten password": "/konto/losenord/glomt/",
    "how to get an account": "/konto/nytt/",
    "404": f"{YEAR}/s/",
    "400": "400.html",
    "403": "403.html",
    "413": "413.html",
    "429": "429.html",
    "500": "500.html",
}

#: Pages with a form for signing in, which needs a token that is kept as a cookie.
WITH_TOKEN = ("sign in", "forgotten password")


def visit(page: Page, site: str, address: str) -> None:
    """Open a page; those that answer faults are shown in the place of the start page."""
    if address.startswith("/"):
        page.goto(site + address)
        return
    # The answers to faults cannot be provoked on a sound server, so the browser is handed their HTML.
    links = page.request.get(f"{site}/om/").text().partition('<link rel="preload"')[2].partition("<script")[0]
    body = render_to_string(address, {"page": {"title": "Fel", "description": "Fel", "crumbs": ()}})
    head, _, rest = body.partition('<link rel="preload"')
    whole = f'{head}<link rel="preload"{links}{rest.partition("</head>")[2].join(("</head>", ""))}'
    answer = {"body": whole, "content_type": "text/html; charset=utf-8"}
    page.route(f"{site}/fel/", lambda route: route.fulfill(**answer), times=1)
    page.goto(f"{site}/fel/")
