"""Clients, principals, requests and grants: values and decisions in plain Python."""

from network.auth.domain.clients import (
    ACTIVE,
    PARTNER_LEFT,
    REVOKED,
    SUSPENDED,
    Client,
    ClientKey,
    Kind,
    NewClient,
)
from network.auth.domain.grants import Authorization, Consent, Grant, RefreshToken, Terminal
from network.auth.domain.principals import GRANT_ENDED, Principal, confirm
from network.auth.domain.registration import Registration
from network.auth.domain.requests import AuthorizationRequest, Interaction, Need

__all__ = [
    "ACTIVE",
    "GRANT_ENDED",
    "PARTNER_LEFT",
    "REVOKED",
    "SUSPENDED",
    "Authorization",
    "AuthorizationRequest",
    "Client",
    "ClientKey",
    "Consent",
    "Grant",
    "Interaction",
    "Kind",
    "Need",
    "NewClient",
    "Principal",
    "RefreshToken",
    "Registration",
    "Terminal",
    "confirm",
]
