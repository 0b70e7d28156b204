"""``python -m services.cli`` is ``bosatt``."""

from services.cli import main

main()
