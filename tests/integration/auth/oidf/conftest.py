"""The clients and the member that the modules play with: the same as next door."""

from tests.integration.auth.conftest import (
    app_of_shop,
    browser,
    http,
    omid,
    partner_id,
    sara,
    shop,
    till,
    token_of,
)

__all__ = ["app_of_shop", "browser", "http", "omid", "partner_id", "sara", "shop", "till", "token_of"]
