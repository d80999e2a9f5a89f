"""`python -m rayforce` is the `rayforce` command."""

import sys

from .cli import main

sys.exit(main())
