"""A few hundred hostile clients; `attack.py --count` sends more, and `--only` one of them again."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import attack


def test_the_server_survives() -> None:
    result = attack.run(count=500, seed=7, idle=100)
    assert result.exit_code is None, str(result)
    assert result.cases == 500
    assert len(result.kinds) > 10
    assert result.worst < 1, str(result)
    assert result.memory_after <= result.memory_before * 1.1, str(result)
