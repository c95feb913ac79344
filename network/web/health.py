"""Is this process fit to serve? For load balancers and for those who wait for a start."""

from flask import Blueprint, Response, jsonify

from network.infrastructure.database import statement_connection
from network.web.access import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Fit if the database answers; postings need nothing else."""
    statement_connection().execute("SELECT 1")
    return jsonify(status="ok")
