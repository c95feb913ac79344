"""The public face: record a change in the unit of work that makes it; list, verify and export the chain."""

import json
import os
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from network.audit import repository
from network.audit.actor import NOBODY, Actor, acting, current_actor
from network.audit.domain import (
    GENESIS,
    Change,
    Entry,
    Fault,
    Head,
    Link,
    Tampering,
    check_change,
    entry_of,
    faults,
    link,
)
from network.audit.events import AuditHeadExported
from network.audit.keeper import keeper
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import at_last, transaction
from network.kernel.clock import SystemClock, show_instant
from network.kernel.jsontext import writer

__all__ = [
    "acting",
    "count_entries",
    "current_actor",
    "digest",
    "export_head",
    "exported_chain",
    "exported_heads",
    "list_entries",
    "record",
    "verify",
    "verify_export",
]

HEAD_KIND = "peyvand-audit-head+jws"
"""The media type of a signed head: `typ` of its header."""

_REWRITTEN_DAYS = 31  # for how long a missing file of a head is written again
_json = writer(sort_names=True)


def record(
    action: str,
    kind: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write down what whoever acts here has just done, in the unit of work that does it; nothing, where nobody acts.

    `action`: area and verb (`adjustments.approve`); `subject`: a shown id or a code. Values are JSON without anything
    personal: ids, numbers, digests. The chain is everybody's: it is added to at the very end of the unit of work.
    Raises PersonalValue; RuntimeError outside of a unit of work.
    """
    change, actor = check_change(Change(action, kind, subject, before or {}, after or {})), current_actor()
    if actor is not NOBODY:
        at_last(lambda: _append(change, actor))


def digest(text: str) -> str:
    """What stands in an entry for a text that may be personal."""
    return keeper().digest(text)


def list_entries(
    *,
    who: str | None = None,
    subject: str | None = None,
    kind: str | None = None,
    action: str | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[Entry]:
    """Entries, newest first: of a person, of a thing or its kind, of an action; `before` that sequence."""
    texts = repository.texts(most=most, before=before, who=who, subject=subject, kind=kind, action=action)
    return [entry_of(each) for each in texts]


def count_entries() -> int:
    """How many changes were recorded."""
    return repository.count()


def verify(heads: Iterable[Head] = ()) -> Iterator[Fault]:
    """What is wrong with the chain; nothing, if it is whole. `heads`: those kept elsewhere, beside our own."""
    told, forged = _signed([*repository.heads(), *heads])
    yield from forged
    yield from faults(repository.links(), told, keeper().seal)


def export_head() -> Head:
    """The head of the chain, signed; of each day (UTC) the first one made stays.

    It is a row, a file under the state folder and a fact. Run again, it writes the files that are missing.
    """
    now = SystemClock().now()
    with transaction():
        repository.lock()
        head = repository.find_head(now.date())
        if head is None:
            last = repository.last_link()
            sequence, digest_ = (0, GENESIS) if last is None else (last.sequence, last.hash)
            told = {"network": keeper().network, "day": now.date().isoformat(), "sequence": sequence}
            text = _json(told | {"hash": digest_.hex(), "at": show_instant(now)})
            head = Head(now.date(), sequence, digest_, keeper().sign(text))
            repository.insert_head(head, now)
            announce(AuditHeadExported(sequence=sequence, document=head.document, exported_at=now))
    for each in repository.heads(since=now.date() - timedelta(days=_REWRITTEN_DAYS)):
        _write(keeper().folder, each)
    return head


def exported_heads(folder: Path | None = None) -> list[Head]:
    """The heads that stand as files in a folder, ours if none is told. Raises ValueError, KeyError for other files."""
    place = folder or keeper().folder
    return [_read(path.read_text(encoding="ascii").strip()) for path in sorted(place.glob("head-*.jws"))]


def exported_chain() -> Iterator[str]:
    """The whole chain as lines of JSON: entries with their hashes, then the signed heads. An auditor needs no key."""
    for each in repository.links():
        yield _json({"sequence": each.sequence, "entry": each.entry, "hash": each.hash.hex(), "seal": each.seal.hex()})
    for head in repository.heads():
        yield _json({"head": head.document})


def verify_export(lines: Iterable[str], heads: Iterable[Head] = ()) -> list[Fault]:
    """What is wrong with an exported chain, by hashes and signed heads alone. Raises ValueError or KeyError."""
    links, told = [], list(heads)
    for line in lines:
        values = json.loads(line)
        if "head" in values:
            told.append(_read(values["head"]))
        else:
            links.append(Link(values["sequence"], values["entry"], bytes.fromhex(values["hash"]), b""))
    signed, forged = _signed(told)
    return [*forged, *faults(links, signed)]


def _append(change: Change, actor: Actor) -> None:
    repository.lock()
    last = repository.last_link()
    sequence = 1 if last is None else last.sequence + 1
    entry = Entry(sequence, SystemClock().now(), actor.who, actor.request, change)
    repository.add_link(link(last, entry, keeper().seal))


def _write(folder: Path, head: Head) -> None:
    path = folder / f"head-{head.day.isoformat()}.jws"
    if path.exists():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(f"{head.document}\n", encoding="ascii")
    draft.replace(path)


def _signed(heads: Iterable[Head]) -> tuple[list[Head], list[Fault]]:
    """What those heads say that we have signed, and a fault for each of the others."""
    told, forged = [], []
    for head in heads:
        if keeper().open(head.document) is None:
            forged.append(Fault(Tampering.FORGED, head.sequence, head.sequence))
        else:
            told.append(_read(head.document))
    return told, forged


def _read(document: str) -> Head:
    payload = document.split(".")[1]
    told = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return Head(date.fromisoformat(told["day"]), told["sequence"], bytes.fromhex(told["hash"]), document)
