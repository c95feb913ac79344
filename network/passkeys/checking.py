"""What `py_webauthn` is asked. It is loaded where it is needed: most processes never see a passkey."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from network.passkeys.domain import Site
from network.passkeys.errors import PasskeyRefused

NAME = "Peyvand"


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a registration brought."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_synced: bool


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that an assertion is checked by."""

    passkey_id: UUID
    subject_id: UUID
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Signed:
    """What an assertion brought."""

    sign_count: int
    is_user_verified: bool


def registration_options(
    site: Site, *, subject_id: UUID, user_name: str, challenge: bytes, exclude: Iterable[bytes]
) -> str:
    """What a browser makes a key by: discoverable, unlocked by its user, of no maker that we would have to trust."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    made = generate_registration_options(
        rp_id=site.domain,
        rp_name=NAME,
        user_id=subject_id.bytes,
        user_name=user_name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in exclude],
    )
    return options_to_json(made)


def assertion_options(site: Site, *, challenge: bytes, allow: Iterable[bytes]) -> str:
    """What a browser proves a key by; with nobody named, any key that it has for this site."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

    made = generate_authentication_options(
        rp_id=site.domain,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in allow],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(made)


def check_registration(site: Site, credential: Any, challenge: bytes) -> NewKey:
    """The key that a browser made. Raises PasskeyRefused."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException
    from webauthn.helpers.structs import CredentialDeviceType

    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, LookupError):
        raise PasskeyRefused from None
    synced = made.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count, synced)


def credential_id_of(credential: Any) -> bytes:
    """Which key an answer names. Raises PasskeyRefused."""
    from webauthn.helpers import parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return parse_authentication_credential_json(credential).raw_id
    except (WebAuthnException, ValueError, TypeError, LookupError):
        raise PasskeyRefused from None


def check_assertion(site: Site, credential: Any, challenge: bytes, key: KnownKey) -> Signed:
    """What a signature proves. Raises PasskeyRefused, for a counter too that did not go on: the key was copied."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, LookupError):
        raise PasskeyRefused from None
    return Signed(found.new_sign_count, found.user_verified)
