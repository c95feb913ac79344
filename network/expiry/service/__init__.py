"""The use cases of expiry."""

from network.expiry.service.notices import give_notices
from network.expiry.service.policies import life_of_points, policies, set_policy

__all__ = [
    "give_notices",
    "life_of_points",
    "policies",
    "set_policy",
]
