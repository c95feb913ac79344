"""django-hordak: `python -m bench.peers.hordak '<json>'` posts transfers by its own API and prints how many it made.

`{"url": ..., "make": partners and wallets}` makes the tables and the accounts; `{"url": ..., "threads": ..., "seconds":
...}` transfers ten points at a time from a random partner's account to a random wallet's. A process of its own, because
Django keeps its settings for the life of one.
"""

import json
import random
import sys
import threading
import time
from typing import Any

import django
from django.conf import settings
from sqlalchemy.engine import make_url

_PARTNER, _WALLET = "P", "W"


def configure(url: str) -> None:
    """Django on this database, with hordak and what it needs. Commits are as durable as everybody else's here."""
    told = make_url(url)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": told.database,
        "USER": told.username or "",
        "PASSWORD": told.password or "",
        "HOST": told.host or told.query.get("host", ""),
        "PORT": told.port or "",
        "CONN_MAX_AGE": None,
    }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DEFAULT_CURRENCY="USD",
        CURRENCIES=["USD"],
        USE_TZ=True,
    )
    django.setup()


def make(partners: int, wallets: int) -> None:
    """The accounts: an expense account for each partner, a liability for each wallet."""
    from django.core.management import call_command
    from hordak.models import Account, AccountType

    call_command("migrate", verbosity=0)
    for kind, count, prefix in ((AccountType.expense, partners, _PARTNER), (AccountType.liability, wallets, _WALLET)):
        each = [
            Account(name=f"{prefix}{n}", type=kind, currencies=["USD"], lft=1, rght=2, tree_id=n, level=0, code=None)
            for n in range(1, count + 1)
        ]
        Account.objects.bulk_create(each, batch_size=5_000)


def post(threads: int, seconds: float) -> int:
    """Transfers made by so many threads, each with a connection of its own."""
    from django.db import connection, transaction
    from hordak.models import Account
    from moneyed import Money

    ids = {
        kind: [*Account.objects.filter(name__startswith=kind).values_list("id", flat=True)]
        for kind in (_PARTNER, _WALLET)
    }
    made = [0] * threads
    amount = Money(10, "USD")
    until = time.monotonic() + seconds

    def work(number: int) -> None:
        draw = random.Random(number)  # noqa: S311 - load, no secrets
        while time.monotonic() < until:
            with transaction.atomic():
                partner = Account.objects.get(id=draw.choice(ids[_PARTNER]))
                wallet = Account.objects.get(id=draw.choice(ids[_WALLET]))
                wallet.transfer_to(partner, amount)
            made[number] += 1
        connection.close()

    running = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(made)


def main(orders: dict[str, Any]) -> None:
    configure(orders["url"])
    if "make" in orders:
        make(*orders["make"])
    else:
        sys.stdout.write(json.dumps(post(orders["threads"], orders["seconds"])))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
