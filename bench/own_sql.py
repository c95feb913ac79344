"""The product's own two statements as pgbench scripts: what PostgreSQL alone could do of it.

The texts are the product's; only the values are replaced: what Python decides is a constant or an expression here, so
the rows are of the right number and size and of no meaning. It runs in a database of its own.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from bench.house import House
from bench.plan import Plan
from network.earning.repository import Shape, scene_statement
from network.members.domain import KeyKind
from network.wallet import saving_sql

_TARGETS = """
CREATE TABLE bench_target AS SELECT row_number() OVER () AS n, m.member_id, m.enrolled_by AS partner, c.client_id,
    k.key_hash AS card, t.contract_id AS contract
FROM member m JOIN oauth_client c ON c.partner_id = m.enrolled_by JOIN member_key k USING (member_id)
    JOIN contract_version t ON t.partner_id = m.enrolled_by AND t.point_type = 'base';
ALTER TABLE bench_target ADD PRIMARY KEY (n);
ANALYZE bench_target;
"""
_NAMES = {"partner_id": ":partner", "issuer_id": ":partner", "redeemer_id": ":partner", "contract_id": ":contract"}
_PLAIN = {
    "currency": "'USD'",
    "operation": "'earn'",
    "kind": "'issue'",
    "topic": "'wallet.points_earned'",
    "receipt": "'1-1'",
    "status": "201",
    "is_pending": "false",
    "held": "0",
    "pending": "0",
    "debt": "0",
    "line": "1",
    "idempotency_key": ":k",
    "body_hash": "sha256('')",
    "hash": "sha256('')",
    "answer": f"'{'x' * 480}'",
    "payload": """'{"points": 10, "sequence": 1, "posted_at": "2017-01-03T10"}'""",
    "sequence": ":sequence::bigint + 1",
    "store_id": "NULL",
    "basket": "NULL",
    "refers_to": "NULL",
    "expires_at": "now() + interval '2 years'",
    "lot_id": "gen_random_uuid()",
    "fact_id": "gen_random_uuid()",
}
_SCENE = (  # names for the scene's columns, as they come; pgbench takes a variable from each
    "now, client_state, partner_status, terms_version, body_hash, answer_status, answer, member_status, jurisdiction,"
    " known_by, card, store, lots, trusts_cards, rules, code, wallet_id, sequence, head_hash, available, pending, held,"
    " debt, posted_at, due_at"
)
_HEAD = (":sequence::bigint + 1", "sha256('')", "1000", "0", "0", "0", "now()", "now() + interval '1 year'")


def write_scripts(house: House, plan: Plan, folder: Path) -> dict[str, Path]:
    """Scripts for `earn` and `burn`; prepares the table of members that they choose from."""
    with house.servers.connect(house.database) as connection:
        connection.execute(_TARGETS)
    lots = -(-plan.burn_points // plan.lot_points)
    earn_scene = scene_statement(Shape(None, with_store=False, with_lots=False, is_burn=False, has_code=False))
    earn = _script(earn_scene, {"journal": 1, "movement": 1, "lot": 1, "request": 1, "outbox": 1})
    burn_scene = scene_statement(Shape(KeyKind.CARD, with_store=False, with_lots=True, is_burn=True, has_code=False))
    burn = _script(burn_scene, {"journal": 1, "movement": lots, "lot_change": lots, "request": 1, "outbox": 1})
    paths = {"earn": folder / "own_earn.sql", "burn": folder / "own_burn.sql"}
    paths["earn"].write_text(earn)
    paths["burn"].write_text(burn)
    return paths


def _script(scene: str, shape: Mapping[str, int]) -> str:
    asked = {1: ":client_id", 2: ":partner", 3: ":member_id", 4: ":k", 5: ":card", 6: "'USD'"}
    values = [*_HEAD, ":wallet_id", ":sequence"]
    for part in saving_sql.PARTS:
        for row in range(shape.get(part.name, 0)):
            values += [_value(part.name, name, row) for name, _ in part.columns]
    text = saving_sql.one_posting(tuple(shape.get(part.name, 0) for part in saving_sql.PARTS))
    save = _filled(text, dict(enumerate(values, 1)))
    choose = "SELECT member_id, partner, client_id, card, contract FROM bench_target WHERE n = :n"
    return (
        "\\set n random(1, :wallets)\n\\set k random(1, 9000000000000000000)\n"
        f"{choose} \\gset\nSELECT * FROM ({_filled(scene, asked)}) AS scene ({_SCENE}) \\gset\n{save};\n"
    )


def _value(part: str, name: str, row: int) -> str:
    if part == "lot_change":
        told = {
            "lot_id": f"(:lots::json -> {row} ->> 0)::uuid",
            "remaining": "1",
            "expires_at": _PLAIN["expires_at"],
        }
        return told.get(name, "0" if name == "held" else "false")
    if part == "movement" and name == "line":
        return str(row + 1)
    for ending, variable in _NAMES.items():
        if name.endswith(ending):
            return variable
    return _PLAIN.get(name, "now()" if name.endswith("_at") else "10")


def _filled(text: str, values: Mapping[int, str]) -> str:
    one_line = " ".join(text.split())
    return re.sub(r"\$(\d+)", lambda found: f"({values[int(found[1])]})", one_line)
