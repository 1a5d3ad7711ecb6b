"""Addresses of the pages about goals: nested as the things themselves are."""

from django.urls import include, path

from goals import views

plan_year_urls = [
    path("", views.plan_year, name="plan_year"),
    path("jamfor/", views.compare, name="compare"),
    path("<slug:party>/<int:number>/", views.goal, name="goal"),
]

urlpatterns = [
    path("", views.start, name="start"),
    path("<slug:municipality>/<slug:committee>/", views.committee, name="committee"),
    path("<slug:municipality>/<slug:committee>/amne/<slug:topic>/", views.topic, name="topic"),
    path("<slug:municipality>/<slug:committee>/fraga/<slug:issue>/", views.issue, name="issue"),
    path("<slug:municipality>/<slug:committee>/<int:year>/", include(plan_year_urls)),
]
