"""What becomes of the lines of a file."""

import json
from zoneinfo import ZoneInfo

from network.expiry.domain import ExpiryPolicy, PolicyVersion, Rule
from network.expiry.service import set_policy
from network.infrastructure.outbox import drain
from network.members.service import set_jurisdiction
from tests.fixtures import START, Coalition, Customer, Till, assert_problem, day, next_key
from tests.integration.batches.files import counts, earn, errors, ndjson, post, reversal, rows, send, work


def balance(till: Till, customer: Customer) -> tuple[int, int]:
    told = till.balance(customer).json
    return told["available"], told["debt"]


def test_a_file_of_earns_is_posted_and_says_so(grocer: Till, sara: Customer, omid: Customer) -> None:
    done = post(grocer, [earn(1, member=sara.id), earn(2, card_number=omid.card_number), earn(3, member=sara.id)])
    assert (done["total"], done["done"], *counts(done)) == (3, 3, 3, 0, 0)
    assert (balance(grocer, sara), balance(grocer, omid)) == ((24, 0), (12, 0))
    assert errors(grocer, done) == []


def test_the_same_file_again_posts_nothing(grocer: Till, sara: Customer) -> None:
    lines = [earn(1, member=sara.id), earn(2, member=sara.id)]
    post(grocer, lines)
    assert counts(post(grocer, lines)) == (0, 2, 0)
    assert balance(grocer, sara) == (24, 0)


def test_a_line_twice_in_a_file_is_posted_once(grocer: Till, sara: Customer) -> None:
    done = post(grocer, [earn(1, member=sara.id), earn(1, member=sara.id), earn(1, member=sara.id, amount_minor=1)])
    assert counts(done) == (1, 1, 1)
    assert errors(grocer, done)[0]["code"] == "idempotency_key_reused"


def test_a_sequence_that_was_used_for_something_else_is_refused(grocer: Till, sara: Customer) -> None:
    post(grocer, [earn(1, member=sara.id)])
    done = post(grocer, [earn(1, member=sara.id, amount_minor=99_00)])
    assert counts(done) == (0, 0, 1)
    assert errors(grocer, done) == [
        {
            "line": 1,
            "code": "idempotency_key_reused",
            "field": "sequence",
            "message": "This till has used this sequence number before, for something else.",
        }
    ]


def test_a_line_sent_alone_under_its_key_is_the_same_line(grocer: Till, sara: Customer) -> None:
    body = {
        "member": sara.id,
        "amount_minor": 1250,
        "currency": "USD",
        "occurred_at": "2017-01-03T12:00:00Z",
        "receipt": "A-7",
    }
    alone = grocer.post("/v1/earns", body, "batch:T1:7")
    assert alone.status_code == 201
    assert counts(post(grocer, [earn(7, member=sara.id, receipt="A-7"), earn(8, card_number=sara.card_number)])) == (
        1,
        1,
        0,
    )
    late = grocer.post("/v1/earns", {name: body[name] for name in body if name != "receipt"}, "batch:T1:8")
    assert (late.status_code, late.headers.get("Idempotent-Replayed")) == (201, "true")
    assert late.json["id"] == grocer.entries(sara).json["data"][0]["id"]
    read = grocer.get(f"/v1/earns/{late.json['id']}").json
    assert read["receipt_signature"]
    assert late.json == {**read, "receipt_signature": None}, "lines are not signed one by one"


def test_what_is_kept_for_a_line_is_what_the_single_call_tells(coalition: Coalition, sara: Customer) -> None:
    slow = coalition.join("slow", pending_days=14)
    slow.post("/v1/members/lookup", {"card_number": sara.card_number})
    post(slow, [earn(1, member=sara.id, receipt="R/1"), earn(2, member=sara.id, amount_minor=99)])
    for (answer,) in rows("SELECT answer FROM request WHERE idempotency_key LIKE 'batch:%' ORDER BY idempotency_key"):
        told = json.loads(answer)
        assert {**slow.get(f"/v1/earns/{told['id']}").json, "receipt_signature": None} == told


def test_what_listens_to_earns_hears_of_those_in_a_file(grocer: Till, sara: Customer, omid: Customer) -> None:
    lines = [earn(1, member=sara.id), earn(2, member=omid.id), earn(3, member=sara.id), earn(4, member=sara.id)]
    assert counts(post(grocer, [*lines, earn(5, member=omid.id, amount_minor=99)])) == (5, 0, 0)
    drain()
    found = rows("SELECT member_id, earns, burns FROM member_activity JOIN member USING (wallet_id) ORDER BY earns")
    assert found == [(omid.member_id, 1, 0), (sara.member_id, 3, 0)]


def test_a_card_in_a_file_counts_as_presented(fuel: Till, sara: Customer) -> None:
    assert_problem(fuel.balance(sara), 404, "member_not_found")
    assert counts(post(fuel, [earn(1, card_number=sara.card_number)])) == (1, 0, 0)
    assert balance(fuel, sara) == (12, 0)


def test_a_member_the_partner_does_not_know_is_refused(fuel: Till, sara: Customer) -> None:
    done = post(fuel, [earn(1, member=sara.id), earn(2, card_number="9900000000000000")])
    assert [(e["line"], e["code"], e["field"]) for e in errors(fuel, done)] == [
        (1, "member_not_found", "member"),
        (2, "member_not_found", "card_number"),
    ]


def test_a_refused_line_may_be_sent_again_corrected(grocer: Till, sara: Customer) -> None:
    done = post(grocer, [earn(1, member=sara.id, currency="EUR"), earn(2, member=sara.id, amount_minor=-5)])
    assert [(e["code"], e["field"]) for e in errors(grocer, done)] == [
        ("wrong_currency", "currency"),
        ("validation_failed", "amount_minor"),
    ]
    assert counts(post(grocer, [earn(1, member=sara.id), earn(2, member=sara.id)])) == (2, 0, 0)


def test_every_line_that_can_not_be_read_is_named(grocer: Till, sara: Customer) -> None:
    good = json.dumps(earn(5, member=sara.id)).encode()
    body = b"\n".join(
        [b"{", b"", b"[1]", b'{"till":"T1","till":"T2"}', b'{"operation":"burn"}', b"\xff\xfe", good, b""]
    )
    sent = send(grocer, body)
    assert (sent.status_code, sent.json["total"]) == (202, 6)
    work()
    found = errors(grocer, sent.json)
    assert [(e["line"], e["code"]) for e in found] == [
        (1, "malformed_line"),
        (3, "malformed_line"),
        (4, "malformed_line"),
        (5, "validation_failed"),
        (6, "malformed_line"),
    ]
    assert balance(grocer, sara) == (12, 0)


def test_a_file_of_csv_is_the_same_as_one_of_json(grocer: Till, sara: Customer, omid: Customer) -> None:
    header = (
        "\ufefftill,sequence,operation,card_number,amount_minor,currency,occurred_at,receipt,of_till,of_sequence,member"
    )
    body = "\r\n".join(
        [
            header,
            f"T1,1,earn,{sara.card_number},1250,USD,2017-01-03T12:00:00Z,R-1,,,",
            f'"T1","2",earn,,"1250",USD,2017-01-03T12:00:00Z,,,,{omid.id}',
            "T1,3,reversal,,250,,,,T1,1,",
            "T1,4,earn,,x,USD,2017-01-03T12:00:00Z,,,," + omid.id,
            "T1,5,earn",
        ]
    ).encode()
    sent = send(grocer, body, media="text/csv; charset=utf-8")
    assert sent.status_code == 202, sent.text
    work()
    assert (balance(grocer, sara), balance(grocer, omid)) == ((10, 0), (12, 0))
    assert [(e["line"], e["code"], e["field"]) for e in errors(grocer, sent.json)] == [
        (5, "validation_failed", "amount_minor"),
        (6, "malformed_line", None),
    ]
    as_csv = grocer.app.test_client().get(
        f"/v1/batches/{sent.json['id']}/errors", headers=grocer.headers() | {"Accept": "text/csv"}
    )
    assert as_csv.text.splitlines()[0] == "line,code,field,message"
    assert [line.split(",")[0] for line in as_csv.text.splitlines()[1:]] == ["5", "6"]
    assert counts(post(grocer, [earn(1, card_number=sara.card_number, receipt="R-1")])) == (0, 1, 0)


def test_a_return_in_the_same_file_takes_the_points_back(grocer: Till, sara: Customer) -> None:
    done = post(grocer, [earn(1, member=sara.id), reversal(2, 1, amount_minor=250), reversal(3, 1)])
    assert counts(done) == (3, 0, 0)
    assert balance(grocer, sara) == (0, 0)
    assert counts(post(grocer, [reversal(2, 1, amount_minor=250), reversal(3, 1)])) == (0, 2, 0)


def test_a_return_of_what_was_never_reported_is_refused(grocer: Till, sara: Customer) -> None:
    done = post(grocer, [reversal(2, 1), earn(1, member=sara.id), reversal(3, 1), reversal(4, 1)])
    assert [(e["line"], e["code"], e["field"]) for e in errors(grocer, done)] == [
        (1, "entry_not_found", "of"),
        (4, "return_too_large", "amount_minor"),
    ]
    again = post(grocer, [reversal(4, 1)])
    assert [e["code"] for e in errors(grocer, again)] == ["return_too_large"]


def test_a_refused_return_sent_alone_under_its_key_stays_refused(grocer: Till, sara: Customer) -> None:
    post(grocer, [earn(1, member=sara.id), reversal(2, 1), reversal(3, 1)])
    entry = next(e for e in grocer.entries(sara).json["data"] if e["operation"] == "earn")["id"]
    alone = grocer.post(f"/v1/earns/{entry}/reverse", {}, "batch:T1:3")
    assert (alone.status_code, alone.headers.get("Idempotent-Replayed")) == (402, "true")
    assert alone.json["code"] == "return_too_large"
    assert alone.json["type"].endswith("/v1/problems/return_too_large")


def test_points_that_were_spent_become_a_debt_that_the_next_line_repays(
    fuel: Till, grocer: Till, sara: Customer
) -> None:
    post(grocer, [earn(1, member=sara.id)])
    assert fuel.redeem(sara, 10).status_code == 201
    done = post(grocer, [reversal(2, 1), earn(3, member=sara.id), earn(4, member=sara.id)])
    assert counts(done) == (3, 0, 0)
    assert balance(grocer, sara) == (14, 0)


def test_lines_of_a_wallet_keep_their_order(coalition: Coalition, grocer: Till, sara: Customer) -> None:
    florist = coalition.join("florist", months=1)
    florist.post("/v1/members/lookup", {"card_number": sara.card_number})
    florist.earn(sara, 7_00)
    coalition.at(day(3, 1))
    late = earn(1, member=sara.id, amount_minor=300, occurred_at="2017-01-05T12:00:00Z")
    lines = [late, *(earn(n, member=sara.id, amount_minor=n * 100) for n in range(2, 5))]
    assert counts(post(florist, lines)) == (4, 0, 0)
    found = rows("SELECT operation, points FROM journal ORDER BY sequence")
    assert found[:2] == [("earn", 7), ("expiry", 7)]
    assert [points for operation, points in found if operation == "earn"] == [7, 3, 2, 3, 4]


def test_nothing_waits_in_the_tables_after_the_last_line(grocer: Till, sara: Customer) -> None:
    post(grocer, [earn(1, member=sara.id)])
    assert rows("SELECT count(sealed), count(*) FROM batch_part") == [(0, 1)]
    assert rows("SELECT wrapped_key FROM batch") == [(None,)]


def test_a_card_number_stands_in_no_table_while_its_line_waits(grocer: Till, sara: Customer) -> None:
    send(grocer, ndjson([earn(1, card_number=sara.card_number)]))
    (sealed,) = rows("SELECT sealed FROM batch_part")
    assert sara.card_number.encode() not in bytes(sealed[0])
    work()


def test_a_batch_whose_client_is_revoked_stops(grocer: Till, sara: Customer) -> None:
    from network.auth.service import revoke_client

    sent = send(grocer, ndjson([earn(1, member=sara.id)]), key=next_key())
    revoke_client(grocer.client.client_id)
    work()
    assert rows("SELECT is_stopped, wrapped_key, (SELECT count(sealed) FROM batch_part) FROM batch") == [
        (True, None, 0)
    ]
    assert rows("SELECT count(*) FROM journal") == [(0,)]
    assert sent.status_code == 202


def test_what_a_law_or_a_programme_says_holds_in_a_file_too(coalition: Coalition, grocer: Till, sara: Customer) -> None:
    policy = ExpiryPolicy(rule=Rule.NEVER, months=0, zone=ZoneInfo("UTC"))
    for programme, jurisdiction in (("club", ""), ("", "CA-QC")):
        set_policy(PolicyVersion(programme=programme, jurisdiction=jurisdiction, valid_from=START, policy=policy))
    club = coalition.join("club", programme="club")
    club.post("/v1/members/lookup", {"card_number": sara.card_number})
    post(club, [earn(1, member=sara.id, occurred_at="2017-01-10T00:00:00Z")])
    set_jurisdiction(sara.member_id, "CA-QC")
    post(grocer, [earn(1, member=sara.id, occurred_at="2017-01-10T00:00:00Z")])
    assert rows("SELECT issued, expires_at FROM lot") == [(12, None), (12, None)]


def test_points_that_come_too_late_to_live_expire_at_once(coalition: Coalition, grocer: Till, sara: Customer) -> None:
    brief = coalition.join("brief", months=1)
    brief.post("/v1/members/lookup", {"card_number": sara.card_number})
    coalition.at(day(2, 10))
    post(brief, [earn(1, member=sara.id)])
    assert balance(brief, sara) == (0, 0)
    assert rows("SELECT remaining FROM lot") == [(0,)]
