"""Who the network takes this client for."""

from dataclasses import dataclass

from ._base import Model

__all__ = ["Me", "PartnerIdentity", "StoreIdentity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerIdentity(Model):
    """A partner of the coalition."""

    id: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreIdentity(Model):
    """A store that an access token is bound to."""

    id: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Me(Model):
    """This client, its partner and what its access token allows. `livemode` is False where nothing is billed.

    `stores`: where the token may write; anywhere at the partner, if it is empty.
    """

    client_id: str
    partner: PartnerIdentity
    scopes: tuple[str, ...]
    livemode: bool
    stores: tuple[StoreIdentity, ...]
