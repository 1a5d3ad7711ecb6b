"""Addresses of the pages about goals: nested as the things themselves are."""

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import PathConverter

from goals.api import site as api_site
from goals.views import (
    api,
    arrange,
    batch,
    changes,
    compare,
    data,
    embed,
    feeds,
    follows,
    goal,
    importing,
    linked,
    log,
    overview,
    periods,
    plan,
    plan_files,
    rearrange,
    records,
    report_drafts,
    reports,
    search,
    stand,
    topics,
    work,
)


class Anything(PathConverter):
    """The rest of an address, whatever stands in it, line breaks too."""

    regex = r"[\s\S]*"


register_converter(Anything, "anything")

period_urls: list[URLPattern | URLResolver] = [
    path("", work.queue, name="queue"),
    path("samla/", batch.batch, name="batch"),
    path("<slug:party>/<int:number>/", work.judge, name="judge"),
    path("<slug:party>/<int:number>/angra/", work.undo, name="undo"),
]

periods_urls: list[URLPattern | URLResolver] = [
    path("", periods.periods, name="periods"),
    path("<slug:period>/", periods.change, name="change_period"),
    path("<slug:period>/las/", periods.lock, name="lock_period"),
]

report_urls: list[URLPattern | URLResolver] = [
    path("", report_drafts.draft, name="report_draft"),
    path("forhandsgranska/", report_drafts.preview, name="report_preview"),
    path("utkast.pdf", report_drafts.pdf, name="report_draft_pdf"),
    path("faststall/", report_drafts.fix, name="fix_report"),
]

import_urls = [
    path("ordna/", importing.arrange, name="draft_arrange"),
    path("kontrollera/", importing.check, name="draft_check"),
    path("publicera/", importing.publish, name="draft_publish"),
]

topic_urls: list[URLPattern | URLResolver] = [
    path("", arrange.edit_topic, name="edit_topic"),
    path("ny-fraga/", arrange.new_issue, name="new_issue"),
    path("sla-ihop/", rearrange.merge_topic, name="merge_topic"),
    path("dela/", rearrange.split_topic_view, name="split_topic"),
    path("ta-bort/", arrange.remove_topic, name="remove_topic"),
]

issue_urls: list[URLPattern | URLResolver] = [
    path("", arrange.edit_issue, name="edit_issue"),
    path("sla-ihop/", rearrange.merge_issue, name="merge_issue"),
    path("dela/", rearrange.split_issue_view, name="split_issue"),
    path("flytta-mal/", rearrange.move_goals_view, name="move_goals"),
    path("loptext/", arrange.edit_mentions, name="edit_mentions"),
    path("<int:year>/", arrange.relate_goals, name="relate_goals"),
    path("ta-bort/", arrange.remove_issue, name="remove_issue"),
]

topics_urls: list[URLPattern | URLResolver] = [
    path("", arrange.arrange_topics, name="arrange_topics"),
    path("flytta/", arrange.step, name="step_topics"),
    path("nytt/", arrange.new_topic, name="new_topic"),
    path("logg/", arrange.arrangement_log, name="arrangement_log"),
    path("utan-fraga/", rearrange.place_goals, name="place_goals"),
    path("amne/<slug:topic>/", include(topic_urls)),
    path("fraga/<slug:issue>/", include(issue_urls)),
]

work_urls: list[URLPattern | URLResolver] = [
    path("", work.work, name="work"),
    path("import/<int:pk>/", include(import_urls)),
    path("<slug:municipality>/<slug:committee>/amnen/", include(topics_urls)),
    path("<slug:municipality>/<slug:committee>/<int:year>/perioder/", include(periods_urls)),
    path("<slug:municipality>/<slug:committee>/<int:year>/rapport/<slug:period>/", include(report_urls)),
    path("<slug:municipality>/<slug:committee>/<int:year>/<slug:period>/", include(period_urls)),
]

plan_year_urls = [
    path("", compare.plan_year, name="plan_year"),
    path("jamfor/", compare.compare, name="compare"),
    path("fraga/<slug:issue>/inbaddad/", embed.issue, name="embed_issue"),
    path("oversikt/", stand.overview, name="overview"),
    path("oversikt/mal/", stand.overview_goals, name="overview_goals"),
    path("rapport/", reports.reports, name="reports"),
    path("rapport/<slug:period>/", reports.report, name="report"),
    path("rapport/<slug:period>/<int:number>/", reports.fixed, name="report_numbered"),
    path("rapport/<slug:period>/<int:number>/rapport.<slug:end>", reports.file, name="report_file"),
    path("<slug:party>/", plan.plan, name="plan"),
    path("<slug:party>/inbaddad/", embed.party, name="embed_party"),
    path("<slug:party>/plan.json", plan_files.plan_json, name="plan_json"),
    path("<slug:party>/plan.csv", plan_files.plan_csv, name="plan_csv"),
    path("<slug:party>/version/<int:version>/", plan.plan_version, name="plan_version"),
    path("<slug:party>/<int:number>/", goal.goal, name="goal"),
    path("<slug:party>/<int:number>/beslut/", records.decide, name="decide"),
    path("<slug:party>/<int:number>/utfall/", records.measure, name="measure"),
    path("<slug:party>/<int:number>/ratta/<slug:kind>/<int:pk>/", records.correct, name="correct"),
    path("<slug:party>/<int:number>/atom.xml", feeds.goal, name="feed_goal"),
    path("<slug:party>/<int:number>/folj/", follows.follow_goal, name="follow_goal"),
    path("<slug:party>/<int:number>/logg/", log.log, name="goal_log"),
]

data_year_urls = [
    path("", data.data_year, name="data_year"),
    path("SHA256SUMS", data.year_checksums, name="data_year_checksums"),
    path("kalender.ics", linked.calendar, name="calendar"),
    path("<slug:name>.<slug:form>", data.year_file, name="data_year_file"),
]

data_urls: list[URLPattern | URLResolver] = [
    path("", data.data, name="data"),
    path("ordlista/", data.dictionary, name="data_dictionary"),
    path("katalog.rdf", linked.catalogue, {"form": "rdf"}, name="catalogue_rdf"),
    path("katalog.jsonld", linked.catalogue, {"form": "jsonld"}, name="catalogue_jsonld"),
    path("popolo.json", linked.popolo, name="popolo"),
    path("<slug:name>.<slug:form>", data.file, name="data_file"),
    path("<slug:municipality>/<slug:committee>/<int:year>/", include(data_year_urls)),
]

urlpatterns = [
    path("", overview.start, name="start"),
    path("arbete/", include(work_urls)),
    path("andringar/", changes.changes, name="changes"),
    path("andringar/atom.xml", feeds.changes, name="feed_changes"),
    path("andringar/parti/<slug:party>/atom.xml", feeds.party, name="feed_party"),
    path("sok/", search.search, name="search"),
    path("sok/forslag/", search.suggestions, name="search_suggestions"),
    path("sok/opensearch.xml", search.opensearch, name="opensearch"),
    path("folj/", follows.follows, name="follows"),
    path("folj/avsluta/<str:token>/", follows.unfollow, name="unfollow"),
    path("data/", include(data_urls)),
    path("api/v1/", api.docs, name="api_docs"),
    path("api/v1/openapi.json", api.openapi, name="api_schema"),
    path("api/v1/", include(api_site.URLS)),
    path("api/<anything:rest>", api.nothing, name="api_nothing"),
    path("<slug:municipality>/", overview.municipality, name="municipality"),
    path("<slug:municipality>/<slug:committee>/", overview.committee, name="committee"),
    path("<slug:municipality>/<slug:committee>/amne/<slug:topic>/", topics.topic, name="topic"),
    path("<slug:municipality>/<slug:committee>/amne/<slug:topic>/atom.xml", feeds.topic, name="feed_topic"),
    path("<slug:municipality>/<slug:committee>/amne/<slug:topic>/folj/", follows.follow_topic, name="follow_topic"),
    path("<slug:municipality>/<slug:committee>/fraga/<slug:issue>/", topics.issue, name="issue"),
    path("<slug:municipality>/<slug:committee>/<int:year>/", include(plan_year_urls)),
]
