"""Addresses of the pages about goals: nested as the things themselves are."""

from django.urls import URLPattern, URLResolver, include, path

from goals.views import (
    arrange,
    batch,
    changes,
    compare,
    feeds,
    follows,
    goal,
    importing,
    log,
    overview,
    periods,
    plan,
    plan_files,
    rearrange,
    records,
    report_drafts,
    reports,
    topics,
    work,
)

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
    path("rapport/", reports.reports, name="reports"),
    path("rapport/<slug:period>/", reports.report, name="report"),
    path("rapport/<slug:period>/<int:number>/", reports.fixed, name="report_numbered"),
    path("rapport/<slug:period>/<int:number>/rapport.<slug:end>", reports.file, name="report_file"),
    path("<slug:party>/", plan.plan, name="plan"),
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

urlpatterns = [
    path("", overview.start, name="start"),
    path("arbete/", include(work_urls)),
    path("andringar/", changes.changes, name="changes"),
    path("andringar/atom.xml", feeds.changes, name="feed_changes"),
    path("andringar/parti/<slug:party>/atom.xml", feeds.party, name="feed_party"),
    path("folj/", follows.follows, name="follows"),
    path("folj/avsluta/<str:token>/", follows.unfollow, name="unfollow"),
    path("<slug:municipality>/<slug:committee>/", overview.committee, name="committee"),
    path("<slug:municipality>/<slug:committee>/amne/<slug:topic>/", topics.topic, name="topic"),
    path("<slug:municipality>/<slug:committee>/amne/<slug:topic>/atom.xml", feeds.topic, name="feed_topic"),
    path("<slug:municipality>/<slug:committee>/amne/<slug:topic>/folj/", follows.follow_topic, name="follow_topic"),
    path("<slug:municipality>/<slug:committee>/fraga/<slug:issue>/", topics.issue, name="issue"),
    path("<slug:municipality>/<slug:committee>/<int:year>/", include(plan_year_urls)),
]
