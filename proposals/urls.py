"""The addresses of a plan's original document, and of the import's first two steps."""

from django.urls import include, path

from proposals.views import files, original, review

draft_urls = [
    path("", files.draft, name="draft"),
    path("fil/", files.file, name="draft_file"),
    path("dokument/", files.document, name="draft_document"),
    path("laser/", files.reading, name="draft_reading"),
    path("kasta/", files.discard, name="draft_discard"),
    path("sida/<int:number>/", files.page_image, name="draft_page"),
    path("granska/", review.review, name="draft_review"),
    path("granska/<slug:key>/", review.reading, name="draft_goal"),
]

urlpatterns = [
    path("arbete/import/", files.start, name="import"),
    path("arbete/import/<int:pk>/", include(draft_urls)),
    path(
        "<slug:municipality>/<slug:committee>/<int:year>/<slug:party>/original/",
        original.original,
        name="original",
    ),
    path(
        "<slug:municipality>/<slug:committee>/<int:year>/<slug:party>/version/<int:version>/original/",
        original.original_version,
        name="original_version",
    ),
]
