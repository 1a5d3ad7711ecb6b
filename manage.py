#!/usr/bin/env python
"""Django's command line, with the embedded PostgreSQL started first where no other database is named."""

import os
import sys


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded

    if embedded.is_needed(sys.argv[1:]):
        try:
            embedded.start()
        except embedded.EmbeddedPostgresError as error:
            sys.exit(f"Fel: {error}")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
