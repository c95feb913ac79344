"""What a server imports: `network.wsgi:app`, or `network.wsgi:buffered` for Granian's asynchronous interface."""

import gc
import multiprocessing

from network.app import create_app
from network.infrastructure.database import connect_for_groups
from network.infrastructure.lifelines import end_with
from network.infrastructure.together import Together
from network.settings import Settings
from network.web.buffered import Buffered
from network.web.logs import init_logging

if (_server := multiprocessing.parent_process()) is not None and _server.pid is not None:
    end_with(_server.pid)  # Granian's workers serve on when it is killed, beside those of the next one

_settings = Settings.from_environment().with_servers()
init_logging(_settings)
app = create_app(_settings)
buffered = Buffered(
    app,
    largest=app.config["MAX_CONTENT_LENGTH"],
    paths=("/v1/earns", "/v1/redemptions"),  # what tills ask all day
    files=("/v1/batches",),
    begin=lambda: Together(lambda: connect_for_groups(app)),
)

# What has been imported and composed stays: the collector need not walk through it again and again, in the middle of
# requests. What requests leave behind is collected as before.
gc.collect()
gc.freeze()
