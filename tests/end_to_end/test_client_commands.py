"""What an operator types about clients and terminals; each command is a process of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from joserfc.jwk import ECKey

from network.auth import service
from network.auth.domain import Kind
from network.kernel.identifiers import read
from network.partners import service as partners
from tests.fixtures import Coalition
from tests.relying.party import public_set, register
from tests.staffing import at_shell

if TYPE_CHECKING:
    from tests.live import Installation


def test_clients_are_registered_and_terminals_let_in(
    installation: Installation, coalition: Coalition, tmp_path: Path
) -> None:
    partner_id = coalition.join("grocer").partner_id
    partners.add_store(partner_id, code="north", name="North")
    metadata = {"client_name": "Server", "token_endpoint_auth_method": "private_key_jwt"}
    metadata |= {"grant_types": ["client_credentials"]}
    keys, told = tmp_path / "keys.json", tmp_path / "server.json"
    keys.write_text(json.dumps(public_set(ECKey.generate_key("P-256"))))
    told.write_text(json.dumps(metadata | {"jwks": public_set(ECKey.generate_key("P-256"))}))

    made = installation.run("client", "register", "grocer", str(told), "--scope", "points:earn", "--store", "north")
    assert "client_secret" not in made
    client_id = re.findall(r"cli_\w+", made)[0]
    assert len(service.get_client(read("cli", client_id)).store_ids) == 1
    installation.run("client", "keys", client_id, str(keys), "--overlap-hours", "1")
    assert len(service.get_client(read("cli", client_id)).keys) == 2
    assert "private_key_jwt" in installation.run("client", "list", "grocer")

    terminal = register(coalition.app.test_client(), partner_id, Kind.TILL)
    code = terminal.post("/oauth/device", {}).json
    at_shell("maryam")
    by = ("--by", "maryam")
    installation.run("terminal", "admit", "grocer", code["user_code"], "south", *by, status=1)
    installation.run("terminal", "admit", "grocer", code["user_code"], "north", *by)
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": code["device_code"]}
    token = terminal.token(**form).json["access_token"]
    listed = installation.run("terminal", "list", "grocer")
    assert "north" in listed
    assert "Maryam" in listed
    installation.run("terminal", "end", "grocer", re.findall(r"grt_\w+", listed)[0], *by)
    assert terminal.call("/v1/me", token).json["code"] == "invalid_token"
