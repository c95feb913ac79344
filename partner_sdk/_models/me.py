"""Who the network takes this client for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from .._reading import Reader
from ._base import Model, origin

__all__ = ["Me", "PartnerIdentity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerIdentity(Model):
    """A partner of the coalition."""

    id: str
    code: str
    name: str

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(id=reader.text("id"), code=reader.text("code"), name=reader.text("name"), **origin(reader))


@dataclass(frozen=True, slots=True, kw_only=True)
class Me(Model):
    """This client, its partner and what its access token allows. `livemode` is False where nothing is billed."""

    client_id: str
    partner: PartnerIdentity
    scopes: tuple[str, ...]
    livemode: bool

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(
            client_id=reader.text("client_id"),
            partner=PartnerIdentity._read(reader.inner("partner")),
            scopes=reader.texts("scopes"),
            livemode=reader.flag("livemode"),
            **origin(reader),
        )
