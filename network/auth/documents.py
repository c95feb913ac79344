"""Reading back what the network has signed."""

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from network.auth.keys import ALGORITHM, all_keys


def opened_document(signed: str, kind: str) -> str | None:
    """The payload of what `sign_document` made, by a key of ours, retired or not; None for anything else."""
    try:
        keys = KeySet.import_key_set({"keys": all_keys()})
        told = jws.deserialize_compact(signed, keys, algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return None
    return told.payload.decode() if told.protected.get("typ") == kind else None
