"""What is one line of text, in Persian too."""

import pytest

from network.kernel.letters import is_blank, is_printable, printable

PERSIAN = "ابراهیمی\u200cنژاد"


def test_persian_is_written_with_joiners() -> None:
    assert is_printable(PERSIAN)
    assert printable(f" {PERSIAN}\n") == PERSIAN


@pytest.mark.parametrize("mark", ["\n", "\t", "\x00", "\u202e", "\u2066", "\ufeff"])
def test_what_breaks_lines_or_turns_directions_is_left_out(mark: str) -> None:
    assert not is_printable(f"a{mark}b")
    assert printable(f"a{mark}b") == "ab"


@pytest.mark.parametrize("text", ["", " ", "\u200c", "\u200d \u200c"])
def test_joiners_alone_say_nothing(text: str) -> None:
    assert is_blank(text)
    assert printable(text) == ""
    assert not is_blank(PERSIAN)
