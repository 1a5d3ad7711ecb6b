"""The whole public site as files that need no server, for the archive: what ``manage.py export_site`` makes."""
