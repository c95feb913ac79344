"""What no line of the product does, because it is how products are broken into: by reading all of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_TREES = {
    str(path.relative_to(_ROOT)): ast.parse(path.read_text(encoding="utf-8"))
    for folder in ("network", "partner_sdk")
    for path in sorted((_ROOT / folder).rglob("*.py"))
}
_SCRIPTS = [
    path
    for folder in ("network/portals/static/own", "network/web/static")
    for path in sorted((_ROOT / folder).rglob("*.js"))
]


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    for name, tree in _TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield name, ast.unparse(node.func), node


def _imports() -> Iterator[tuple[str, str]]:
    for name, tree in _TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield name, node.module
                yield from ((name, f"{node.module}.{alias.name}") for alias in node.names)


def _importing(*modules: str) -> set[str]:
    return {
        name for name, module in _imports() if module in modules or module.startswith(tuple(f"{m}." for m in modules))
    }


def _has(call: ast.Call, name: str, value: object) -> bool:
    return any(
        each.arg == name and isinstance(each.value, ast.Constant) and each.value.value is value
        for each in call.keywords
    )


def test_no_text_is_run_as_a_program() -> None:
    running = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "render_template_string"}
    assert [
        (name, called) for name, called, _ in _calls() if called in running or called.endswith(".from_string")
    ] == []
    assert [name for name, called, call in _calls() if _has(call, "shell", True)] == []


def test_nothing_is_unpacked_that_could_be_a_program() -> None:
    assert _importing("pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle") == set()


def test_documents_in_xml_are_parsed_without_entities() -> None:
    parsing = {
        called
        for _, called, _ in _calls()
        if re.search(r"(?i)(etree|sax|minidom|lxml).*\b(parse|fromstring|XML)$", called)
    }
    assert parsing == set()
    assert {module for name, module in _imports() if module.startswith("lxml")} == set()
    assert "network/payments/bank_statements.py" in _importing("defusedxml.ElementTree")


def test_no_weak_hash_protects_anything() -> None:
    weak = {"hashlib.md5", "hashlib.sha1"}
    assert [
        name for name, called, call in _calls() if called in weak and not _has(call, "usedforsecurity", False)
    ] == []
    assert {name for name, module in _imports() if module.rpartition(".")[2] in ("MD5", "SHA1")} == set()


def test_no_cipher_is_used_but_aes_gcm() -> None:
    ciphers = {module for _, module in _imports() if "ciphers" in module}
    assert ciphers == {
        "cryptography.hazmat.primitives.ciphers.aead",
        "cryptography.hazmat.primitives.ciphers.aead.AESGCM",
    }
    assert not any("PKCS1v15" in module for _, module in _imports())


def test_what_is_not_to_be_guessed_comes_from_the_system() -> None:
    elsewhere = {name for name in _importing("random") if not name.startswith("network/seeds/")}
    assert elsewhere == {"partner_sdk/_hooks.py"}  # for how long to wait before asking again


def test_certificates_are_checked_and_redirections_not_followed() -> None:
    off = [name for name, _, call in _calls() if _has(call, "verify", False) or _has(call, "follow_redirects", True)]
    assert off == []
    assert [name for name, called, _ in _calls() if "_create_unverified_context" in called] == []


def test_three_places_talk_to_the_outside_and_where_is_never_a_strangers_to_say() -> None:
    """Mail and payments, whose addresses are settings; and the demo's tills, which ask this very network."""
    outward = _importing(
        "httpx2", "httpx", "requests", "urllib.request", "http.client", "smtplib", "ftplib", "stripe", "aiohttp"
    )
    assert {name for name in outward if name.startswith("network/")} == {
        "network/cli/demo.py",
        "network/delivery/carriers.py",
        "network/payments/stripe_gateway.py",
    }


def test_no_program_is_started_but_our_own_and_the_embedded_servers() -> None:
    assert _importing("subprocess", "pty") == {
        "network/cli/together.py",
        "network/infrastructure/embedded/lease.py",
        "network/infrastructure/embedded/server.py",
    }


def test_our_scripts_write_no_markup_run_no_text_and_keep_nothing() -> None:
    assert _SCRIPTS
    words = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|localStorage|sessionStorage"
    words += r"|indexedDB|postMessage|document\.cookie|document\.domain|__proto__|jsonp"
    found = [(path.name, hit) for path in _SCRIPTS for hit in re.findall(words, path.read_text(encoding="utf-8"))]
    assert found == []
