"""Failures: a stable code, a sentence, and the field to blame."""

from network.kernel.errors import Invalid, PeyvandError


class TooSmall(Invalid):
    code = "too_small"
    detail = "It is too small."


def test_a_named_failure_brings_its_code_and_its_sentence() -> None:
    failure = TooSmall(field="points", least=5)
    assert (failure.code, failure.detail, failure.field, failure.extra) == (
        "too_small", "It is too small.", "points", {"least": 5},
    )  # fmt: skip
    assert str(failure) == "It is too small."
    assert isinstance(failure, PeyvandError)


def test_a_sentence_of_its_own_leaves_the_class_alone() -> None:
    assert TooSmall("Five at least.").detail == "Five at least."
    assert TooSmall().detail == "It is too small."
