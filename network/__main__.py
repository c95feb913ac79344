"""`python -m network`, the same as `network`."""

from network.cli import main

main()
