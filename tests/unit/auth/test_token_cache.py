"""The cache of verified tokens is bounded, and forgets what has expired first."""

from concurrent.futures import ThreadPoolExecutor

from network.auth.tokens import TokenCache, Verified
from network.kernel.identifiers import new_id

NOW = 1_000_000.0


def _verified(until: float) -> Verified:
    return Verified(new_id(), new_id(), frozenset(), "jti", "cli_1", until)


def _name(number: int) -> bytes:
    return number.to_bytes(32, "big")


def test_it_holds_no_more_than_it_may() -> None:
    cache = TokenCache(most=10)
    for number in range(100):
        cache.put(_name(number), _verified(NOW + 600), NOW)
    assert len(cache) == 10
    assert cache.get(_name(99))
    assert cache.get(_name(0)) is None


def test_what_has_expired_makes_room_first() -> None:
    cache = TokenCache(most=10)
    cache.put(_name(0), _verified(NOW + 600), NOW)
    for number in range(1, 10):
        cache.put(_name(number), _verified(NOW - 1), NOW)
    cache.put(_name(10), _verified(NOW + 600), NOW)
    assert len(cache) == 2
    assert cache.get(_name(0))


def test_many_threads_do_not_overfill_it() -> None:
    cache = TokenCache(most=50)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: cache.put(_name(number), _verified(NOW + 600), NOW), range(4000)))
    assert len(cache) == 50


def test_it_can_be_emptied() -> None:
    cache = TokenCache()
    cache.put(_name(1), _verified(NOW + 600), NOW)
    cache.clear()
    assert cache.get(_name(1)) is None
