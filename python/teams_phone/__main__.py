"""Owns ``python -m teams_phone``, which is the ``teams-phone`` command."""

from __future__ import annotations

import sys

from ._command import main

if __name__ == "__main__":
    sys.exit(main())
