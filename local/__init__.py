"""The no-AWS, no-Docker stack: the real template and handlers on local servers."""

import sys
from pathlib import Path

# The shared package is imported the same way here as on Lambda, where a layer puts it on the path.
_LAYER = str(Path(__file__).resolve().parent.parent / "layers/playhead")
if _LAYER not in sys.path:
    sys.path.insert(0, _LAYER)
