"""A call, made with patience: log in, send, try again, within the deadline."""

from __future__ import annotations

import logging
import os
import uuid
import weakref
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ._auth import Credentials
from ._deadline import Deadline
from ._errors import APIConnectionError, APIStatusError, AuthenticationError, PeyvandError
from ._exchange import Answer, Call
from ._hooks import Hooks
from ._options import Options
from ._problems import error_from
from ._retry import LONGEST_WAIT, asked_wait, own_wait, worth_retrying
from ._wire import Wire

if TYPE_CHECKING:
    from ._dpop import Prover
    from ._signing import Signer

__all__ = ["Transport"]

logger = logging.getLogger("partner_sdk")

NONCE_NEEDED = "use_dpop_nonce"


class Transport:
    """What all views of one Partner share: the connections and the access token.

    `prover`: proves each request, for tokens that are bound to a key.
    """

    def __init__(self, wire: Wire, credentials: Credentials | None, hooks: Hooks, signer: Signer | None = None) -> None:
        self.prover: Prover | None = None
        self._wire = wire
        self._signer = signer
        self._credentials = credentials
        self._hooks = hooks
        _living.add(self)

    def close(self) -> None:
        self._wire.close()

    def renew_after_fork(self) -> None:
        """In a forked child: own connections and an own lock. The access token is as good here as there."""
        if self._credentials:
            self._credentials.renew_lock()
        self._wire.reopen()

    def ask(self, call: Call, options: Options) -> Answer:
        """Make a call that needs no access token."""
        return self._persist(call, {}, options, Deadline(options.deadline, self._hooks.monotonic))

    def pause(self, seconds: float) -> None:
        self._hooks.sleep(seconds)

    def send(self, call: Call, options: Options) -> Answer:
        """Make `call` and return its 2xx answer; the error it ends in otherwise carries the idempotency key."""
        key = _key_for(call, options)
        headers = {"Idempotency-Key": key} if key else {}
        try:
            answer = self._send_authorised(call, headers, options, Deadline(options.deadline, self._hooks.monotonic))
        except PeyvandError as error:
            error.idempotency_key = key
            raise
        return replace(answer, idempotency_key=key)

    def _send_authorised(self, call: Call, headers: Mapping[str, str], options: Options, deadline: Deadline) -> Answer:
        def login(call: Call, *, hurried: bool) -> Answer:
            if not hurried:
                return self._persist(call, {}, options, deadline)
            # The old token still works: whatever ails the token endpoint must leave time for the call itself.
            outcome, _ = self._try(call, {}, min(options.timeout, deadline.left() / 4), deadline, 0)
            if isinstance(outcome, PeyvandError):
                raise outcome
            return outcome

        assert self._credentials is not None
        scheme = self._credentials.scheme
        token = self._credentials.bearer(login, deadline)
        try:
            return self._persist(call, {**headers, "Authorization": f"{scheme} {token}"}, options, deadline)
        except AuthenticationError as error:
            if error.code != "invalid_token":
                raise
            logger.info("access token refused, logging in once more (request %s)", error.request_id)
        token = self._credentials.bearer(login, deadline, refused=token)
        return self._persist(call, {**headers, "Authorization": f"{scheme} {token}"}, options, deadline)

    def _persist(self, call: Call, headers: Mapping[str, str], options: Options, deadline: Deadline) -> Answer:
        """Try until it succeeds, is not worth another try, or patience ends. The same bytes go out, signed anew."""
        retries = 0
        while True:
            counted = {**headers, "Retry-Count": str(retries)} if retries else headers
            if self._signer:
                key = headers.get("Idempotency-Key")
                counted = {**counted, **self._signer.headers(call, key, self._hooks.now())}
            outcome, wait = self._try(call, counted, options.timeout, deadline, retries)
            if isinstance(outcome, Answer):
                return outcome
            # A wait that outlasts the deadline would only postpone the error.
            if wait is None or retries >= options.max_retries or wait > LONGEST_WAIT or wait >= deadline.left():
                raise outcome
            retries += 1
            logger.info("retry %d of %s %s in %.2f s", retries, call.method, call.route, wait)
            self._hooks.sleep(wait)

    def _try(
        self, call: Call, headers: Mapping[str, str], timeout: float, deadline: Deadline, retries: int
    ) -> tuple[Answer | PeyvandError, float | None]:
        """The answer, or the error and the seconds to wait before another try (None: it is not worth one)."""
        own = own_wait(retries, self._hooks.random())
        try:
            deadline.check(f"{call.method} {call.route}")
            answer = self._exchange(call, headers, timeout, deadline)
        except APIConnectionError as error:
            logger.info("%s %s: %s", call.method, call.route, type(error).__name__)
            return error, own
        logger.debug("%s %s: %d (request %s)", call.method, call.route, answer.status_code, answer.request_id)
        if answer.succeeded:
            return answer, None
        asked = asked_wait(answer.headers, self._hooks.now())
        refusal = error_from(answer, retry_after=asked)
        code = refusal.code if isinstance(refusal, APIStatusError) else None
        return refusal, (own if asked is None else asked) if worth_retrying(answer, code) else None

    def _exchange(self, call: Call, headers: Mapping[str, str], timeout: float, deadline: Deadline) -> Answer:
        """One try; of a terminal with a proof, and at once again where the network wants another nonce in it."""
        for is_last in (False, True):
            sent = replace(call, body=call.fresh()) if call.fresh else call
            if self.prover is None:
                return self._wire.exchange(sent, headers, timeout, deadline)
            proof = self.prover.headers(call, headers.get("Authorization"), self._hooks.now())
            answer = self._wire.exchange(sent, {**headers, **proof}, timeout, deadline)
            self.prover.learn(answer, self._hooks.now())
            if is_last or answer.status_code not in (400, 401) or NONCE_NEEDED.encode() not in answer.content:
                break
        return answer


def _key_for(call: Call, options: Options) -> str | None:
    if not call.keyed:
        return None
    return options.idempotency_key.take(call) if options.idempotency_key else str(uuid.uuid4())


_living: weakref.WeakSet[Transport] = weakref.WeakSet()


def _renew_all_after_fork() -> None:
    for transport in list(_living):
        transport.renew_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all_after_fork)
