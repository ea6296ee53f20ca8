"""`python -m mt` is `targem`."""

from mt.cli import main

main()
