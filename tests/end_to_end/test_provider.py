"""The provider over real HTTP, by a server that runs: what a test client would be too kind to notice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Flask

from network.auth import service
from network.auth.domain import Kind
from network.kernel.identifiers import show
from network.members.domain import EnrolCommand, KnownMember
from network.members.service import enrol
from network.partners import service as partners
from network.sessions.domain import Realm
from network.sessions.service import open_session
from tests.fixtures import Coalition
from tests.relying.party import DEVICE_CODE, asked, payload_of, register
from tests.relying.wire import Wire

if TYPE_CHECKING:
    from tests.live import Installation


def test_a_bank_grade_client_and_a_terminal_get_in(
    installation: Installation, coalition: Coalition, app: Flask
) -> None:
    partner_id = coalition.join("grocer").partner_id
    store_id = partners.add_store(partner_id, code="north", name="North").store_id
    known = enrol(partner_id, EnrolCommand(name="Sara"))
    assert isinstance(known, KnownMember)
    sara = known.member.member_id
    profile = {"dpop_bound_access_tokens": True, "require_pushed_authorization_requests": True}
    local = register(app.test_client(), partner_id, bound=True, **profile)
    local.sign_in(sara, pushed=True)  # she consents, once

    with Wire(installation.url) as wire:
        bank = replace(local, http=wire, issuer=installation.url, nonce=None)
        wire.set_cookie("peyvand-member", open_session(Realm.MEMBER, sara, ["sms", "otp"]).token)
        callback = asked(bank.start(pushed=True, state="s").headers["location"])
        assert (callback["iss"], callback["state"]) == (installation.url, "s")
        token = bank.redeem(callback["code"]).json
        assert payload_of(token["id_token"])["sub"] == show("mbr", sara)
        assert bank.call("/oauth/userinfo", token["access_token"]).json["sub"] == show("mbr", sara)
        fresh = bank.refresh(token["refresh_token"]).json
        assert bank.call(f"/v1/members/{show('mbr', sara)}", fresh["access_token"]).status_code == 403  # not its scope

        terminal = replace(register(app.test_client(), partner_id, Kind.TILL), http=wire, issuer=installation.url)
        codes = terminal.post("/oauth/device", {}).json
        assert codes["verification_uri"] == f"{installation.url}/activate"
        service.decide_device(codes["user_code"], partner_id, granted=True, store_id=store_id, by="maryam")

        def redeem(_: int) -> int:
            form = {"grant_type": DEVICE_CODE, "device_code": codes["device_code"], "client_id": terminal.client_id}
            headers = {"DPoP": terminal.proof_for("POST", "/oauth/token")}
            return wire.post("/oauth/token", data=form, headers=headers).status_code

        terminal.token(grant_type=DEVICE_CODE, device_code="none")  # and it knows the nonce
        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(redeem, range(8))) == [200, *[400] * 7]
