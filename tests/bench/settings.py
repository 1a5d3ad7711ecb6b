"""The site's settings as it runs, with the empty views that everything is measured against."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as _MIDDLEWARE

ROOT_URLCONF = "tests.bench.urls"
MIDDLEWARE = ["tests.bench.urls.before_everything", *_MIDDLEWARE]
