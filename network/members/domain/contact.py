"""Names, phones and e-mail addresses, brought to the one form in which they are kept and looked up."""

import re
import unicodedata

from network.kernel.letters import is_blank, is_printable
from network.members.domain.digits import plain_digits
from network.members.errors import BadEmail, BadName, BadPhone

_BRACKETS_AND_DOTS = str.maketrans("", "", "().")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_IRAN_NATIONAL = re.compile(r"0[1-9][0-9]{9}")
_IRAN = re.compile(r"\+98[1-9][0-9]{9}")
_LETTERS = "a-z0-9\u0080-\U0010ffff"  # in lower case; beyond ASCII all that RFC 6531 lets in
_ATOM = rf"[{_LETTERS}!#$%&'*+/=?^_`{{|}}~-]+"  # RFC 5322, 3.2.3: no quotes, brackets, commas
_LABEL = rf"[{_LETTERS}_-]+"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+")
_ENCODED = "=?"  # begins what mail programs read as other letters than those that stand there (RFC 2047)
_LONGEST_EMAIL = 254  # characters (RFC 5321)
_LONGEST_NAME = 120  # characters
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # come with copied text, say nothing


def read_phone(text: str, *, field: str = "phone") -> str:
    """A phone number in E.164: `0912 345 6789` and `+98 912 345 6789` are both `+989123456789`.

    Taken are E.164, and the national form of Iran; any digits, spaces, dashes, dots and brackets. A number of another
    country needs its `+` and country code, for whose it is can't be told otherwise. Raises BadPhone.
    """
    number = plain_digits(text).translate(_BRACKETS_AND_DOTS)
    if _IRAN_NATIONAL.fullmatch(number):
        number = f"+98{number[1:]}"
    if _E164.fullmatch(number) is None or (number.startswith("+98") and _IRAN.fullmatch(number) is None):
        raise BadPhone(field=field)
    return number


def read_email(text: str) -> str:
    """An e-mail address, trimmed and in lower case: nobody has two that differ in case alone. Raises BadEmail.

    It is one address, written plainly: a header would read `x<a@b.example` as another, or as several, or break.
    """
    address = unicodedata.normalize("NFC", text.strip()).lower()
    if len(address) > _LONGEST_EMAIL or not address.isprintable() or _ENCODED in address:
        raise BadEmail(field="email")
    if _EMAIL.fullmatch(address) is None:
        raise BadEmail(field="email")
    return address


def read_name(text: str) -> str:
    """A name as its bearer writes it, without superfluous white space. Raises BadName."""
    name = " ".join(unicodedata.normalize("NFC", _DIRECTION_MARKS.sub("", text)).split())
    if is_blank(name) or len(name) > _LONGEST_NAME or not is_printable(name):
        raise BadName(field="name")
    return name
