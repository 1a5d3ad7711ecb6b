"""Who may open what: every address of the site, tried by everyone in the fixed cast.

A new view without a row here fails, and so does a row whose view is gone.
"""

from datetime import date
from http.cookies import SimpleCookie
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from goals.data.records import RECORDED
from goals.data.tables import TABLES
from goals.models import Decision, Goal, Report, ReportDraft, ReportingPeriod, StatusUpdate
from proposals.models import Draft
from tests import reports
from tests.cast import CAST, MEMBER, NOBODY, OTHER, Cast
from tests.conftest import BASE, YEAR
from tests.factories import DraftFactory, PageImageFactory

#: What each in the cast gets, in the order of the cast: nobody, member, other secretary, secretary, administrator,
#: superuser.
OPEN = (200,) * 6
LEADS = (301,) * 6
#: Those who work for the committee; who is signed out is led to sign in, and for others there is no such page.
WORKERS = (302, 404, 404, 200, 200, 200)
#: Those who work for any committee.
WORKERS_ANYWHERE = (302, 404, 200, 200, 200, 200)
#: The same, where those who work are led on.
LED_WORKERS = (302, 404, 404, 302, 302, 302)
#: Pages of one's own account: who is not signed in is led to do so.
SIGNED_IN = (302, 200, 200, 200, 200, 200)
#: Pages that who is signed in has passed already.
SIGNED_OUT = (200, 302, 302, 302, 302, 302)
#: Pages that lead on: to sign in, to show again who one is, or to where one belongs.
LEADS_ON = (302,) * 6

#: The address to try for each name, and what is answered.
DOORS: dict[str, tuple[str, tuple[int, ...]]] = {
    "start": ("/", OPEN),
    "municipality": ("/eskilstuna/", OPEN),
    "committee": (f"{BASE}/", OPEN),
    "plan_year": (f"{YEAR}/", LEADS),
    "compare": (f"{YEAR}/jamfor/", OPEN),
    "overview": (f"{YEAR}/oversikt/", OPEN),
    "overview_goals": (f"{YEAR}/oversikt/mal/", OPEN),
    "plan": (f"{YEAR}/v/", OPEN),
    "embed_issue": (f"{YEAR}/fraga/faltassistenter/inbaddad/", OPEN),
    "embed_party": (f"{YEAR}/v/inbaddad/", OPEN),
    "original": (f"{YEAR}/v/original/", OPEN),
    "plan_json": (f"{YEAR}/v/plan.json", OPEN),
    "plan_csv": (f"{YEAR}/v/plan.csv", OPEN),
    "plan_version": (f"{YEAR}/v/version/1/", LEADS_ON),
    "original_version": (f"{YEAR}/v/version/1/original/", LEADS_ON),
    "goal": (f"{YEAR}/v/25/", OPEN),
    "goal_log": (f"{YEAR}/v/25/logg/", WORKERS),
    "topic": (f"{BASE}/amne/barn-och-unga/", OPEN),
    "issue": (f"{BASE}/fraga/faltassistenter/", OPEN),
    "reports": (f"{YEAR}/rapport/", OPEN),
    "report": (f"{YEAR}/rapport/delar/", LEADS_ON),
    "report_numbered": (f"{YEAR}/rapport/delar/1/", OPEN),
    "report_file": (f"{YEAR}/rapport/delar/1/rapport.pdf", OPEN),
    "report_draft": (f"/arbete{YEAR}/rapport/delar/", WORKERS),
    "report_preview": (f"/arbete{YEAR}/rapport/delar/forhandsgranska/", WORKERS),
    "report_draft_pdf": (f"/arbete{YEAR}/rapport/delar/utkast.pdf", WORKERS),
    "fix_report": (f"/arbete{YEAR}/rapport/delar/faststall/", WORKERS),
    "decide": (f"{YEAR}/v/25/beslut/", WORKERS),
    "measure": (f"{YEAR}/kd/14/utfall/", WORKERS),
    "correct": (f"{YEAR}/v/25/ratta/beslut/{{decision}}/", WORKERS),
    "work": ("/arbete/", (302, 404, 302, 302, 302, 302)),
    "queue": (f"/arbete{YEAR}/delar/", WORKERS),
    "judge": (f"/arbete{YEAR}/delar/v/25/", WORKERS),
    "undo": (f"/arbete{YEAR}/delar/v/25/angra/", LED_WORKERS),
    "batch": (f"/arbete{YEAR}/delar/samla/?mal=all", LED_WORKERS),
    "import": ("/arbete/import/", WORKERS_ANYWHERE),
    "draft": ("/arbete/import/{draft}/", LED_WORKERS),
    "draft_file": ("/arbete/import/{draft}/fil/", WORKERS),
    "draft_document": ("/arbete/import/{draft}/dokument/", WORKERS),
    "draft_reading": ("/arbete/import/{draft}/laser/", LED_WORKERS),
    "draft_discard": ("/arbete/import/{draft}/kasta/", WORKERS),
    "draft_page": ("/arbete/import/{draft}/sida/1/", WORKERS),
    "draft_review": ("/arbete/import/{draft}/granska/", WORKERS),
    "draft_goal": ("/arbete/import/{draft}/granska/3/", WORKERS),
    "draft_arrange": ("/arbete/import/{draft}/ordna/", WORKERS),
    "draft_check": ("/arbete/import/{draft}/kontrollera/", WORKERS),
    "draft_publish": ("/arbete/import/{draft}/publicera/", WORKERS),
    "periods": (f"/arbete{YEAR}/perioder/", WORKERS),
    "change_period": (f"/arbete{YEAR}/perioder/delar/", WORKERS),
    "lock_period": (f"/arbete{YEAR}/perioder/delar/las/", LED_WORKERS),
    "arrange_topics": (f"/arbete{BASE}/amnen/", WORKERS),
    "step_topics": (f"/arbete{BASE}/amnen/flytta/", LED_WORKERS),
    "new_topic": (f"/arbete{BASE}/amnen/nytt/", WORKERS),
    "arrangement_log": (f"/arbete{BASE}/amnen/logg/", WORKERS),
    "place_goals": (f"/arbete{BASE}/amnen/utan-fraga/", WORKERS),
    "edit_topic": (f"/arbete{BASE}/amnen/amne/barn-och-unga/", WORKERS),
    "new_issue": (f"/arbete{BASE}/amnen/amne/barn-och-unga/ny-fraga/", WORKERS),
    "merge_topic": (f"/arbete{BASE}/amnen/amne/barn-och-unga/sla-ihop/", WORKERS),
    "split_topic": (f"/arbete{BASE}/amnen/amne/barn-och-unga/dela/", WORKERS),
    "remove_topic": (f"/arbete{BASE}/amnen/amne/barn-och-unga/ta-bort/", LED_WORKERS),
    "edit_issue": (f"/arbete{BASE}/amnen/fraga/faltassistenter/", WORKERS),
    "merge_issue": (f"/arbete{BASE}/amnen/fraga/faltassistenter/sla-ihop/", WORKERS),
    "split_issue": (f"/arbete{BASE}/amnen/fraga/faltassistenter/dela/", WORKERS),
    "move_goals": (f"/arbete{BASE}/amnen/fraga/faltassistenter/flytta-mal/", WORKERS),
    "edit_mentions": (f"/arbete{BASE}/amnen/fraga/faltassistenter/loptext/", WORKERS),
    "relate_goals": (f"/arbete{BASE}/amnen/fraga/faltassistenter/2017/", WORKERS),
    "remove_issue": (f"/arbete{BASE}/amnen/fraga/faltassistenter/ta-bort/", LED_WORKERS),
    "feed_goal": (f"{YEAR}/v/25/atom.xml", OPEN),
    "feed_topic": (f"{BASE}/amne/barn-och-unga/atom.xml", OPEN),
    "follow_goal": (f"{YEAR}/v/25/folj/", SIGNED_IN),
    "follow_topic": (f"{BASE}/amne/barn-och-unga/folj/", SIGNED_IN),
    "changes": ("/andringar/", OPEN),
    "feed_changes": ("/andringar/atom.xml", OPEN),
    "feed_party": ("/andringar/parti/v/atom.xml", OPEN),
    "search": ("/sok/?q=barn", OPEN),
    "search_suggestions": ("/sok/forslag/?q=ba", OPEN),
    "opensearch": ("/sok/opensearch.xml", OPEN),
    "follows": ("/folj/", SIGNED_IN),
    "unfollow": ("/folj/avsluta/strunt/", (404,) * 6),
    "data": ("/data/", OPEN),
    "data_dictionary": ("/data/ordlista/", OPEN),
    "data_file": ("/data/mal.csv", OPEN),
    "data_year": (f"/data{YEAR}/", OPEN),
    "data_year_file": (f"/data{YEAR}/mal.json", OPEN),
    "data_year_checksums": (f"/data{YEAR}/SHA256SUMS", OPEN),
    "calendar": (f"/data{YEAR}/kalender.ics", OPEN),
    "catalogue_rdf": ("/data/katalog.rdf", OPEN),
    "catalogue_jsonld": ("/data/katalog.jsonld", OPEN),
    "popolo": ("/data/popolo.json", OPEN),
    "api_docs": ("/api/v1/", OPEN),
    "api_schema": ("/api/v1/openapi.json", OPEN),
    **{f"api_{table.name}": (f"/api/v1/{table.name}", OPEN) for table in TABLES},
    "api_mal_ett": ("/api/v1/mal/eskilstuna/socialnamnden/2017/V/25", OPEN),
    **{f"api_{table.name}_en": (f"/api/v1/{table.name}/{UUID(int=0)}", (404,) * 6) for table in RECORDED},
    "api_nothing": ("/api/strunt", (404,) * 6),
    "about": ("/om/", OPEN),
    "accessibility": ("/tillganglighet/", OPEN),
    "account_login": ("/logga-in/", SIGNED_OUT),
    "account_logout": ("/logga-ut/", SIGNED_IN),
    "account": ("/konto/", SIGNED_IN),
    "stay_signed_in": ("/konto/fortsatt/", (405,) * 6),
    "account_signup": ("/konto/nytt/", SIGNED_OUT),
    "account_inactive": ("/konto/avstangt/", OPEN),
    "account_reauthenticate": ("/konto/bekrafta/", SIGNED_IN),
    "account_change_password": ("/konto/losenord/", SIGNED_IN),
    "account_set_password": ("/konto/losenord/forsta/", LEADS_ON),
    "account_reset_password": ("/konto/losenord/glomt/", OPEN),
    "account_reset_password_done": ("/konto/losenord/glomt/skickat/", OPEN),
    "account_reset_password_from_key": ("/konto/losenord/nytt/1/strunt/", OPEN),
    "account_reset_password_from_key_done": ("/konto/losenord/nytt/klart/", OPEN),
    "mfa_index": ("/konto/tva-steg/", SIGNED_IN),
    "mfa_authenticate": ("/logga-in/kod/", LEADS_ON),
    "mfa_reauthenticate": ("/konto/bekrafta/kod/", LEADS_ON),
    "mfa_activate_totp": ("/konto/tva-steg/app/", LEADS_ON),
    "mfa_deactivate_totp": ("/konto/tva-steg/app/bort/", (302, 404, 404, 404, 404, 404)),
    "mfa_view_recovery_codes": ("/konto/tva-steg/reservkoder/", (302, 404, 404, 404, 404, 404)),
    "mfa_generate_recovery_codes": ("/konto/tva-steg/reservkoder/nya/", LEADS_ON),
    "mfa_download_recovery_codes": ("/konto/tva-steg/reservkoder/fil/", (302, 404, 404, 404, 404, 404)),
    "socialaccount_login_cancelled": ("/konto/kommun/avbrutet/", OPEN),
    "socialaccount_login_error": ("/konto/kommun/fel/", (401,) * 6),
    "socialaccount_signup": ("/konto/kommun/nytt/", LEADS_ON),
    "socialaccount_connections": ("/konto/kommun/", LEADS_ON),
    "openid_connect_login": ("/konto/kommun/logga-in/", LEADS_ON),
    "openid_connect_callback": ("/konto/kommun/tillbaka/", (404,) * 6),
    "health": ("/halsa/", OPEN),
    "alive": ("/halsa/lever/", OPEN),
    "robots": ("/robots.txt", OPEN),
    "security": ("/.well-known/security.txt", (404,) * 6),
    "favicon": ("/favicon.ico", (302,) * 6),
    "sitemap": ("/sitemap.xml", OPEN),
    "django.contrib.sitemaps.views.sitemap": ("/sitemap-mal.xml", OPEN),
}


def is_for_workers(name: str) -> bool:
    """Tell whether an address is for those alone who work for the committee, and takes forms."""
    _, answers = DOORS[name]
    takes_none = (
        *("queue", "goal_log", "arrange_topics", "arrangement_log"),
        *("draft_document", "draft_page"),
        *("report_preview", "report_draft_pdf"),
    )
    leads = ("undo", "lock_period", "batch", "step_topics", "remove_topic", "remove_issue", "draft_reading")
    return (answers == WORKERS and name not in takes_none) or name in leads


def names(patterns: list[URLPattern | URLResolver]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":  # tests/config/test_admin.py goes through it page by page
                found |= names(pattern.url_patterns)
        else:
            found.add(str(pattern.name))
    return found


def test_every_address_has_a_door():
    """Every address is tried below, and nothing that is not there."""
    assert names(get_resolver().url_patterns) == set(DOORS)


class Look:
    """Somebody who looks at one address after the other, and at each as if it were the first.

    Looking may sign them out, or ask them to show who they are; that is taken back, as to sign in anew takes long.
    """

    def __init__(self, client: Client):
        self.client, self.cookies = client, client.cookies.output(header="", attrs=[], sep=";")

    def at(self, address: str, **said: str) -> int:
        self.client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            status: int = self.client.get(address, **said).status_code
            transaction.set_rollback(True)
        return status


def test_access(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """Each in the cast gets what the table says, at every address."""
    decision = Goal.objects.get(proposal__party__slug="v", number=25).decide(
        "adopted", by=cast.secretary, date=date(2017, 1, 20)
    )
    draft = DraftFactory(committee=cast.committee)
    PageImageFactory(document=draft.document)
    monkeypatch.setattr("goals.fix_report.to_docx", lambda *_: b"nobody opens it here, and it takes long to make")
    reports.fix(ReportingPeriod.objects.get(slug="delar"), cast.secretary)
    cast.client(NOBODY).get(DOORS["data_year_checksums"][0])  # so that they are kept, which is not taken back
    looks = {who: Look(cast.client(who)) for who in CAST}
    # Each address is looked at from another place, so that nobody asks for data too often.
    answers = {
        name: tuple(
            looks[who].at(address.format(decision=decision.pk, draft=draft.pk), REMOTE_ADDR=f"127.0.0.{place}")
            for who in CAST
        )
        for place, (name, (address, _)) in enumerate(DOORS.items())
    }
    assert answers == {name: expected for name, (_, expected) in DOORS.items()}


@pytest.mark.parametrize("who", [NOBODY, MEMBER, OTHER])
def test_nobody_else_writes(cast: Cast, who: str):
    """Who does not work for the committee is led to sign in or finds no such page, and nothing is written."""
    said = {"status": "achieved", "outcome": "adopted", "mal": "1", "rapport": "1"}
    draft = DraftFactory(committee=cast.committee)
    doors = [name for name in DOORS if is_for_workers(name)]
    addresses = {name: DOORS[name][0].format(decision=1, draft=draft.pk) for name in doors}
    answers = {name: cast.client(who).post(addresses[name], said).status_code for name in doors}
    assert answers == dict.fromkeys(doors, 302 if who == NOBODY else 404)
    assert not StatusUpdate.objects.exists()
    assert not Decision.objects.exists()
    assert not ReportingPeriod.objects.exclude(locked_at=None).exists()
    assert not ReportDraft.objects.exists()
    assert not Report.objects.exists()
    assert list(Draft.objects.values_list("revision", "state")) == [(1, Draft.State.OPEN)]


def test_readers_get_no_cookie(cast: Cast):
    """Who reads without signing in is given nothing to keep; only the forms for signing in need their token."""
    given = {
        name
        for name, (address, answers) in DOORS.items()
        if answers[0] == 200 and cast.client(NOBODY).get(address).cookies
    }
    assert given == {"account_login", "account_reset_password"}
