"""What the frame shows around a member's pages."""

from network.portals.kit.rendering import Door, House

MEMBERS = House(
    name="frame.brand",
    home="account.card",
    doors=(
        Door("account.card", "account.card", "qrcode"),
        Door("account.consents", "account.consents", "heart-handshake"),
        Door("account.sessions", "account.sessions", "devices"),
        Door("security.overview", "account.security", "shield-check"),
        Door("data.overview", "account.data", "id"),
    ),
    sign_out="sign_in.sign_out",
)
