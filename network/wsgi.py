"""What a WSGI server imports: `network.wsgi:app`."""

from network.app import create_app
from network.settings import Settings

app = create_app(Settings.from_environment().with_servers())
