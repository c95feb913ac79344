"""Who the network takes this client for."""

from dataclasses import dataclass

from ._base import Model

__all__ = ["Me", "PartnerIdentity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerIdentity(Model):
    """A partner of the coalition."""

    id: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Me(Model):
    """This client, its partner and what its access token allows. `livemode` is False where nothing is billed."""

    client_id: str
    partner: PartnerIdentity
    scopes: tuple[str, ...]
    livemode: bool
