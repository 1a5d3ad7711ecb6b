"""The address of a plan's original document."""

from django.urls import path

from proposals import views

urlpatterns = [
    path(
        "<slug:municipality>/<slug:committee>/<int:year>/<slug:party>/original/",
        views.original,
        name="original",
    ),
    path(
        "<slug:municipality>/<slug:committee>/<int:year>/<slug:party>/version/<int:version>/original/",
        views.original_version,
        name="original_version",
    ),
]
