"""The pages that need no database: the kit on an application of its own, with a form to try it on."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from network.portals.kit.flash import flash
from network.portals.kit.forms import Form
from network.portals.kit.pages import Pages, see_other, signed_in
from network.portals.kit.rendering import render
from network.portals.kit.setup import init_kit
from network.portals.setup import PAGES
from network.portals.till import activation
from network.sessions.domain import Realm, Session
from network.settings import Settings
from network.web.access import public
from network.web.api import NetworkApi
from network.web.application import Application
from network.web.setup import init_web


@pytest.fixture
def kit(tmp_path: Path) -> Flask:
    """The frame, every page, and `/try`: a form of one field."""
    app = Application("kit", static_folder=None)
    app.extensions["peyvand.settings"] = Settings(
        state_folder=tmp_path, public_url="http://network.test", secret_key=b"secret"
    )
    app.extensions["peyvand.zone"] = ZoneInfo("Asia/Tehran")
    init_web(app)
    NetworkApi(app)
    init_kit(app, (*PAGES, activation(public), _trial(tmp_path)))
    return app


@pytest.fixture
def browser(kit: Flask) -> FlaskClient:
    """Keeps cookies, as browsers do."""
    return kit.test_client()


@pytest.fixture
def asking(kit: Flask) -> Iterator[None]:
    """Inside a request of somebody who reads Persian."""
    with kit.test_request_context("/", headers={"Accept-Language": "fa-IR,fa;q=0.9,en;q=0.5"}):
        yield


def _trial(folder: Path) -> Pages:
    (folder / "trial.html").write_text(
        '{% extends "kit/door.html" %}{% from "kit/macros.html" import post, field, button with context %}'
        "{% block title %}Trial{% endblock %}{% block content %}{% call post('/try') %}"
        "{{ field(form, 'name', 'Name') }}{{ button('Go') }}{% endcall %}{% endblock %}"
    )
    pages = Pages("trial", __name__, template_folder=folder)

    @pages.get("/try")
    @public
    def show() -> Response:
        return render("trial.html", form=Form())

    @pages.post("/try")
    @public
    def take() -> Response:
        form = Form.sent()
        if form.text("name") != "right":
            form.blame("name", "failures.otherwise")
            return render("trial.html", 422, form=form)
        flash("statuses.400.title")
        return see_other("/try")

    @pages.get("/own")
    @signed_in(Realm.MEMBER)
    def own(session: Session) -> str:
        return str(session.subject_id)

    return pages
