"""Requests that are worked on at the same time ask PostgreSQL together.

What a posting costs the database is for the most part not its rows but what stands around them: a statement's plan that
is made ready and taken down, a commit, two processes that wake one another. So each request of a group runs in a
greenlet of its own, which stops where it asks a `Question`; while the database works on one statement, questions of
other requests gather, and the next statement answers all those of a kind. Nobody waits for company: where no statement
is under way, a question is asked at once. The code of a request knows nothing of it, it calls `ask`.

It is a chance, never a promise: what can't be answered together is asked alone. See docs/adr/0023.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol, Self, TypeVar

import psycopg
from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]
from psycopg.pq import TransactionStatus

from network.infrastructure.prepared import Row, receive, rows_of, send
from network.infrastructure.transaction import in_transaction

_log = logging.getLogger(__name__)

MOST_TOGETHER = 16
"""Questions that one statement answers."""

_LOOK_SECONDS = 0.5

Answer_co = TypeVar("Answer_co", covariant=True)


class Question(Protocol[Answer_co]):
    """Something to be asked of PostgreSQL in a transaction of its own, by itself or with others of its kind."""

    @property
    def kind(self) -> Hashable | None:
        """Questions of one kind are asked together; they are of one class. None: this one is always asked alone."""

    def alone(self) -> Answer_co:
        """Ask it by itself."""

    @classmethod
    def statement(cls, questions: Sequence[Self]) -> tuple[str, list[Any]]:
        """One statement for all of them, and its values, as `prepared.run` takes them."""

    @classmethod
    def answers(cls, questions: Sequence[Self], rows: Sequence[Row]) -> Sequence[Answer_co]:
        """What the statement's rows say, for each of them."""


class _Member(greenlet):  # type: ignore[misc]
    """The work on one request; its parent is the event loop."""


def ask(question: Question[Answer_co]) -> Answer_co:
    """The answer to a question, asked together with what other requests ask at this time.

    In a unit of work it is asked alone, at once: others may neither see nor wait for what is not yet committed.
    Raises what the question raises alone.
    """
    member = getcurrent()
    if not isinstance(member, _Member) or question.kind is None or in_transaction():
        return question.alone()
    answer: Answer_co = member.parent.switch(question)
    return answer


def padded(count: int) -> int:
    """The next power of two: a statement for so many rows, of which those left over are nulls, is prepared but once."""
    return 1 << (count - 1).bit_length()


class Together:
    """The requests of one event loop that ask together, on a connection of their own. `connect` opens it."""

    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        self._connect = connect
        self._loop = asyncio.get_running_loop()
        self._connection: psycopg.Connection | None = None
        self._waiting: list[_Asked] = []
        self._under_way: list[_Asked] = []
        self._reply: list[Any] = []
        self._socket = -1
        self._look: asyncio.TimerHandle | None = None

    def run(self, task: Callable[[], None]) -> None:
        """Begin a task. It goes on from the event loop whenever it is answered; it must not raise."""
        self._go_on(_Member(task))

    def close(self) -> None:
        """Close the connection. Whatever waits is left."""
        if self._connection is not None:
            self._loop.remove_reader(self._socket)
            self._connection.close()
            self._connection = None
        if self._look is not None:
            self._look.cancel()

    def _go_on(self, member: _Member, *answer: Any) -> None:
        self._hear(member, member.switch(*answer))

    def _hear(self, member: _Member, question: Question[Any] | None) -> None:
        """Take what a task asks next; None if it has ended."""
        if question is None:
            return
        if not self._waiting and not self._under_way:
            self._loop.call_soon(self._ask_next)  # after all that is ready to run now, and may ask something too
        self._waiting.append((member, question))

    def _ask_next(self) -> None:
        """Ask what has waited longest, and with it what is of its kind."""
        if self._under_way or not self._waiting:
            return
        kind = self._waiting[0][1].kind
        alike: list[_Asked] = []
        others: list[_Asked] = []
        for each in self._waiting:
            (alike if each[1].kind == kind and len(alike) < MOST_TOGETHER else others).append(each)
        self._under_way, self._waiting = alike, others
        questions = [question for _, question in alike]
        try:
            send(self._connected(), *questions[0].statement(questions))
        except Exception:  # of the server, or of a value that no statement can carry
            self._end(None)

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = self._connect()
            self._socket = self._connection.fileno()
            self._loop.add_reader(self._socket, self._read)
            self._look = self._loop.call_later(_LOOK_SECONDS, self._read_anyway)
        return self._connection

    def _read_anyway(self) -> None:
        """uvloop tells but once of a connection that is reset, and never of what is left to be read from it then."""
        self._look = self._loop.call_later(_LOOK_SECONDS, self._read_anyway)
        if self._under_way:
            self._read()

    def _read(self) -> None:
        """The server has sent something: of its reply, or, if it was not asked, that it goes away."""
        connection = self._connection
        assert connection
        if not self._under_way:
            self.close()
            return
        answers: Sequence[Any] | None = None
        try:
            if not receive(connection, self._reply):
                return
            questions = [question for _, question in self._under_way]
            answers = questions[0].answers(questions, rows_of(connection, self._reply))
        except Exception:
            _log.info("%d questions could not be answered together", len(self._under_way), exc_info=True)
        self._end(answers)

    def _end(self, answers: Sequence[Any] | None) -> None:
        """What was under way is answered. None: one of the questions was to blame, or the connection."""
        asked, self._under_way, self._reply = self._under_way, [], []
        if self._connection is not None and self._connection.pgconn.transaction_status != TransactionStatus.IDLE:
            self.close()  # it is broken, or not done with what it was asked
        if self._waiting:
            self._loop.call_soon(self._ask_next)
        if answers is None:
            for member, question in asked:
                self._alone(member, question)
        else:
            for (member, _), answer in zip(asked, answers, strict=True):
                self._go_on(member, answer)

    def _alone(self, member: _Member, question: Question[Any]) -> None:
        try:
            answer = question.alone()
        except Exception as failure:
            self._hear(member, member.throw(failure))
        else:
            self._go_on(member, answer)


_Asked = tuple[_Member, Question[Any]]
