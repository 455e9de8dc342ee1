"""`python -m playhead_cli` is `playhead`."""

from playhead_cli.app import main

main()
