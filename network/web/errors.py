"""What can be wrong with a request before any business is asked."""

from network.kernel.errors import Invalid, Malformed


class MalformedJson(Malformed):
    code = "malformed_json"
    detail = "The body is not JSON as RFC 8259 has it, in UTF-8, with each name once in an object."


class IdempotencyKeyMissing(Malformed):
    code = "idempotency_key_missing"
    detail = "This request moves points and needs an Idempotency-Key header."


class IdempotencyKeyMalformed(Malformed):
    code = "idempotency_key_malformed"
    detail = "An Idempotency-Key is 1 to 255 printable ASCII characters, bare or as a quoted string."


class MalformedCursor(Invalid):
    code = "malformed_cursor"
    detail = "The cursor is not one that this list gave out."


class SignatureMalformed(Malformed):
    code = "signature_malformed"
    detail = "A Request-Signature is a salt of 16 bytes and a compact JWS of its own kind, as docs/proof.md has them."
