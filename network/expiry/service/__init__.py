"""The use cases of expiry."""

from network.expiry.service.notices import give_notices
from network.expiry.service.policies import choice_for, life_of_points, policies, set_policy

__all__ = [
    "choice_for",
    "give_notices",
    "life_of_points",
    "policies",
    "set_policy",
]
