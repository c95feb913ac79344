"""The use cases of adjustments: propose, approve, reject."""

from network.adjustments.service.extensions import (
    approve_extension,
    carry_out_extensions,
    propose_extension,
    reject_extension,
    waiting_extensions,
)
from network.adjustments.service.points import approve, propose, proposed, reject, set_limit

__all__ = [
    "approve",
    "approve_extension",
    "carry_out_extensions",
    "propose",
    "propose_extension",
    "proposed",
    "reject",
    "reject_extension",
    "set_limit",
    "waiting_extensions",
]
