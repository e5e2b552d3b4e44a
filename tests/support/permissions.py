"""Lets a test's processes be refused what an administrator may do."""

from __future__ import annotations

import ctypes

_PR_CAPBSET_DROP = 24


def obey_permissions() -> None:
    """Root may write where it may not: from the next program on, no more (capabilities 1, 2: CAP_DAC_*)."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
