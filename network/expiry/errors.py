"""How a policy can be refused."""

from network.kernel.errors import Invalid


class BadPolicy(Invalid):
    code = "bad_policy"
    detail = "The expiry policy makes no sense."


class PolicyTooEarly(Invalid):
    code = "policy_too_early"
    detail = "Points may have been issued under the policy that was in force then."
