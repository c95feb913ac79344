"""What somebody typed into a form, and what is wrong with it: each complaint stands next to its field."""

from collections.abc import Mapping

from network.kernel.errors import PeyvandError
from network.kernel.letters import printable
from network.members.domain.digits import plain_digits
from network.portals.kit.texts import say, say_if_known
from network.web.current import current_request

WHOLE = ""
"""The place of a complaint about the form as a whole."""

_LONGEST = 500


class Form:
    """The values of a form as they were typed, so that nobody types them twice, and complaints by field."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = dict(values or {})
        self.complaints: dict[str, str] = {}

    @classmethod
    def sent(cls) -> "Form":
        """The form of the running request."""
        return cls({name: value[:_LONGEST] for name, value in current_request().form.items()})

    def text(self, name: str) -> str:
        """A line of text without the white space around it, and without characters that nobody can see."""
        return printable(self.values.get(name, ""))

    def digits(self, name: str) -> str:
        """A number, a code or a phone number in ASCII digits, whatever digits were typed."""
        return plain_digits(self.text(name))

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked; browsers send those that are, and no others."""
        return name in self.values

    def blame(self, field: str, key: str, **values: object) -> None:
        """Complain about a field with a text of the catalogue."""
        self.complaints[field] = say(key, **values)

    def blame_for(self, failure: PeyvandError, field: str = WHOLE) -> None:
        """Complain with the text for a named failure, at the field that caused it if the form has that one."""
        named = failure.field if failure.field in self.values else None
        self.complaints[named or field] = failure_text(failure)


def failure_text(failure: PeyvandError) -> str:
    """The sentence for a named failure, from the catalogue's `failures`."""
    return say_if_known(f"failures.{failure.code}", "failures.otherwise", **failure.extra)
