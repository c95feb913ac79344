"""The composition root: one application out of the rooms of the house."""

from flask import Flask

from network.api import register_api
from network.audit.keeper import init_audit
from network.audit.service import HEAD_KIND
from network.auth import service as auth
from network.auth.documents import opened_document
from network.auth.setup import ask_of_members, init_auth
from network.delivery.chosen import init_delivery
from network.households.handlers import note_shares
from network.infrastructure.database import init_database
from network.infrastructure.outbox import subscribe
from network.infrastructure.queue import init_queue
from network.members.handlers import note_burns, note_earns
from network.members.service import claims_of
from network.payments.chosen import init_payments
from network.portals.setup import init_portals
from network.settings import Settings
from network.wallet.events import PointsBurned, PointsEarned
from network.web.application import Application
from network.web.limits import init_limits
from network.web.setup import init_web


def create_app(settings: Settings) -> Flask:
    """Compose the application. `settings` must name both servers (see `Settings.with_servers`)."""
    assert settings.database_url and settings.redis_url, "call settings.with_servers() first"
    app = Application("network", static_folder=None)
    app.extensions["peyvand.settings"] = settings
    app.extensions["peyvand.zone"] = settings.time_zone
    app.extensions["peyvand.programme"] = settings.expiry_programme
    init_database(app, settings.database_url)
    init_queue(app, settings.redis_url, settings.queue_name)
    init_payments(app, settings)
    init_delivery(app, settings)
    init_web(app)
    init_auth(app, settings)
    ask_of_members(app, claims_of)
    init_audit(
        app,
        settings,
        sign=lambda text: auth.sign_document(text, HEAD_KIND),
        open_=lambda signed: opened_document(signed, HEAD_KIND),
    )
    register_api(app)
    init_portals(app)
    subscribe(PointsEarned, note_earns)
    subscribe(PointsEarned, note_shares)
    subscribe(PointsBurned, note_burns)
    init_limits(app, settings)
    return app
