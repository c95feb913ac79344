"""ES256, the verifying half: ECDSA on P-256 with SHA-256 (FIPS 186-5, section 6.4.2), in whole numbers alone.

Only public things are computed with here, so that it may take as long as the numbers want. A few milliseconds.
"""

from __future__ import annotations

from hashlib import sha256

__all__ = ["verify"]

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)

Point = tuple[int, int, int]  # Jacobian: x / z^2, y / z^3; z = 0 is the point at infinity
_NOWHERE: Point = (1, 1, 0)


def verify(x: int, y: int, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (r and s, 32 bytes each) was made of `message` with the private half of the key (x, y)."""
    if len(signature) != 64 or not _is_on_curve(x, y):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    inverse = pow(s, -1, N)
    digest = int.from_bytes(sha256(message).digest(), "big")
    ax, _, az = _sum_of_multiples(digest * inverse % N, r * inverse % N, (x, y, 1))
    return az != 0 and ax * pow(az, -2, P) % P % N == r


def _is_on_curve(x: int, y: int) -> bool:
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x * x - 3 * x + B)) % P == 0


def _sum_of_multiples(u: int, v: int, key: Point) -> Point:
    """u G + v Q, both doubled along in one go (Shamir's trick)."""
    base: Point = (*G, 1)
    addends = (_NOWHERE, base, key, _added(base, key))
    result = _NOWHERE
    for bit in range(255, -1, -1):
        result = _doubled(result)
        which = (u >> bit & 1) | (v >> bit & 1) << 1
        if which:
            result = _added(result, addends[which])
    return result


def _doubled(point: Point) -> Point:
    x, y, z = point
    if not z or not y:
        return _NOWHERE
    yy, zz = y * y % P, z * z % P
    s = 4 * x * yy % P
    m = 3 * (x - zz) * (x + zz) % P
    nx = (m * m - 2 * s) % P
    return nx, (m * (s - nx) - 8 * yy * yy) % P, 2 * y * z % P


def _added(one: Point, other: Point) -> Point:
    x1, y1, z1 = one
    x2, y2, z2 = other
    if not z1:
        return other
    if not z2:
        return one
    z1z1, z2z2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * z2z2 % P, x2 * z1z1 % P
    s1, s2 = y1 * z2 * z2z2 % P, y2 * z1 * z1z1 % P
    if u1 == u2:
        return _doubled(one) if s1 == s2 else _NOWHERE
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    nx = (r * r - hhh - 2 * v) % P
    return nx, (r * (v - nx) - s1 * hhh) % P, h * z1 * z2 % P
