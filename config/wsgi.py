"""The WSGI application that the production server serves."""

import os

from django.core.wsgi import get_wsgi_application

from config.postgres import base as postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

postgres.limit()
application = get_wsgi_application()
