"""Options that several commands have."""

from typing import Annotated

import typer

from playhead.domain.progress import COMPLETE_PERCENT

Threshold = Annotated[
    int, typer.Option(min=1, max=COMPLETE_PERCENT, help="From which percentage a video is completed.")
]
