"""Addresses of the pages about goals: nested as the things themselves are."""

from django.urls import include, path

from goals.views import compare, goal, log, overview, plan, topics

plan_year_urls = [
    path("", compare.plan_year, name="plan_year"),
    path("jamfor/", compare.compare, name="compare"),
    path("<slug:party>/", plan.plan, name="plan"),
    path("<slug:party>/<int:number>/", goal.goal, name="goal"),
    path("<slug:party>/<int:number>/logg/", log.log, name="goal_log"),
]

urlpatterns = [
    path("", overview.start, name="start"),
    path("<slug:municipality>/<slug:committee>/", overview.committee, name="committee"),
    path("<slug:municipality>/<slug:committee>/amne/<slug:topic>/", topics.topic, name="topic"),
    path("<slug:municipality>/<slug:committee>/fraga/<slug:issue>/", topics.issue, name="issue"),
    path("<slug:municipality>/<slug:committee>/<int:year>/", include(plan_year_urls)),
]
