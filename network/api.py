"""The table of JSON blueprints under /v1."""

from flask import Flask

import network.auth.routes
import network.batches.routes
import network.earning.routes
import network.members.routes
import network.settlement.document_routes
import network.settlement.routes
import network.web.health
from network.web.api import NetworkApi

BLUEPRINTS = (
    network.auth.routes.me_blueprint,
    network.members.routes.blueprint,
    network.earning.routes.members_blueprint,
    network.earning.routes.blueprint,
    network.batches.routes.blueprint,
    network.settlement.routes.blueprint,
    network.settlement.routes.disputes_blueprint,
    network.settlement.routes.proofs_blueprint,
    network.settlement.document_routes.blueprint,
)


def register_api(app: Flask) -> None:
    """Mount every resource, the OpenAPI document that describes them, and the health check."""
    app.register_blueprint(network.web.health.blueprint)
    api = NetworkApi(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
