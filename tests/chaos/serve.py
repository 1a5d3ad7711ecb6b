"""``python -m tests.chaos.serve``: serve the site as ``manage.py run`` does, without preparing anything first."""

import os

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from config.management.commands.run import serve

    serve()
