"""``python -m stemlens``: the same as the command ``stemlens``."""

import sys

from stemlens.command_line import main

sys.exit(main())
