"""`python -m entente` is the command line."""

from entente.cli import main

main()
