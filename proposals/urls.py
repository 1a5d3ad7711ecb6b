"""Addresses of a plan and its original document."""

from django.urls import path

from proposals import views

urlpatterns = [
    path("<slug:municipality>/<slug:committee>/<int:year>/<slug:party>/", views.plan, name="plan"),
    path(
        "<slug:municipality>/<slug:committee>/<int:year>/<slug:party>/original/",
        views.original,
        name="original",
    ),
]
