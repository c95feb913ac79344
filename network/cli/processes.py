"""The processes of an installation, one by one or all together."""

import os
import sys
from collections.abc import Callable

import click

from network.cli.context import application, console, in_application
from network.cli.together import Child, run_together
from network.infrastructure.migrating import migrate as migrate_database
from network.schedule import run_scheduler
from network.settings import Settings
from network.web.logs import init_logging
from network.worker import run_worker

_PORT = click.option("--port", default=8000, show_default=True, help="TCP port on the loopback address.")
_HOST = click.option("--host", default="127.0.0.1", show_default=True)
# Of one thread of Python each, which works on many requests at once.
_WEB = click.option(
    "--web", default=os.cpu_count() or 2, show_default="one for each core", help="Web processes, of one thread each."
)
_BUFFER = click.option(
    "--buffer/--no-buffer",
    default=True,
    show_default=True,
    help="Read requests whole, give up on slow ones, and post for several tills at once; without it the plain WSGI"
    " interface.",
)


@click.command()
@_HOST
@_PORT
@_WEB
@_BUFFER
@click.option("--workers", default=1, show_default=True, help="RQ workers.")
def up(host: str, port: int, web: int, buffer: bool, workers: int) -> None:
    """Run web, workers and scheduler together until stopped."""
    _be_found_at(host, port)
    settings = Settings.from_environment().with_servers()
    with application().app_context():
        migrate_database()
    console.print(f"Peyvand on http://{host}:{port}  (documentation: /v1/docs)  state: {settings.state_folder}")
    processes = children(host, port, web, workers, buffer=buffer)
    sys.exit(run_together(processes, tend=_tend_servers(settings)))


def _tend_servers(settings: Settings) -> Callable[[], None]:
    """A function that brings back the embedded servers should their supervisor have been killed."""
    given = Settings.from_environment()
    if given.database_url and given.redis_url:
        return lambda: None
    from network.infrastructure.embedded import lease

    return lambda: lease(settings.state_folder).release()


def children(host: str, port: int, web: int, workers: int, *, buffer: bool = True) -> list[Child]:
    """The commands that `up` runs side by side."""
    serve = ["serve", "--host", host, "--port", str(port), "--web", str(web)]
    return [
        Child("web", [*serve, "--buffer" if buffer else "--no-buffer"]),
        Child("scheduler", ["scheduler"]),
        *(Child(f"worker {number + 1}", ["worker"]) for number in range(workers)),
    ]


@click.command()
@_HOST
@_PORT
@_WEB
@_BUFFER
@click.option("--threads", default=1, show_default=True, help="Threads of each web process, with --no-buffer.")
def serve(host: str, port: int, web: int, buffer: bool, threads: int) -> None:
    """Serve the HTTP API."""
    _be_found_at(host, port)
    lease = Settings.from_environment().with_servers()
    with application().app_context():
        migrate_database()
    arguments = [
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(web),
        "--respawn-failed-workers",
        "--no-ws",
        "--log-level",
        "warning",
    ]
    arguments += ["--http1-header-read-timeout", "10000"]  # ms; of a body there is none with --no-buffer
    arguments += ["--workers-kill-timeout", "10"]  # seconds; one that is just starting may not hear that it is to end
    assert lease.database_url
    if buffer:
        arguments += ["--interface", "rsgi", "network.wsgi:buffered"]
    else:
        arguments += ["--interface", "wsgi", "--blocking-threads", str(threads), "network.wsgi:app"]
    os.execv(sys.executable, [sys.executable, "-m", "granian", *arguments])


@click.command()
@click.option("--burst", is_flag=True, help="End when the queue is empty.")
def worker(burst: bool) -> None:
    """Work on jobs."""
    init_logging(Settings.from_environment())
    run_worker(application(), burst=burst)


@click.command()
def scheduler() -> None:
    """Queue the recurring jobs. Of several, one works and the others stand by."""
    init_logging(Settings.from_environment())
    run_scheduler(application())


@click.command()
@in_application
def migrate() -> None:
    """Bring the database to the present schema."""
    console.print("The database is up to date.")


@click.command()
def servers() -> None:
    """Say whether the embedded servers run, and where."""
    from network.infrastructure.embedded import status

    console.print(status(Settings.from_environment().state_folder))


@click.command()
def down() -> None:
    """Stop the embedded servers, whoever uses them."""
    from network.infrastructure.embedded import stop

    stop(Settings.from_environment().state_folder)


def _be_found_at(host: str, port: int) -> None:
    """Unless the environment names a public address, tokens and documents name the one that is served."""
    os.environ.setdefault("PEYVAND_PUBLIC_URL", f"http://{host}:{port}")
