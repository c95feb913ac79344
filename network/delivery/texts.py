"""What messages say. The last line of an SMS with a code lets browsers offer it on the page of its own domain alone."""

from datetime import datetime

from network.delivery.domain import Text

_CODE = {
    "en": ("Your Peyvand code", "Your Peyvand code is {code}. It is good for ten minutes.\nNobody else needs it."),
    "fa": ("رمز پیوند", "رمز شما در پیوند: {code}\nاین رمز ده دقیقه اعتبار دارد. آن را به کسی نگویید."),
}
_PHONE_CHANGED = {
    "en": (
        "Your Peyvand phone number was changed",
        "The phone number of your Peyvand membership was changed on {at} UTC. For a day no points can be spent.\n"
        "If this was not you, call us now.",
    ),
    "fa": (
        "شماره تلفن شما در پیوند تغییر کرد",
        "شماره تلفن عضویت شما در پیوند در {at} (UTC) تغییر کرد. تا یک روز امتیازی خرج نمی‌شود.\n"
        "اگر کار شما نبوده است، همین حالا با ما تماس بگیرید.",
    ),
}
_NEW_DEVICE = {
    "en": (
        "A new device in Peyvand",
        "Somebody signed in to your Peyvand membership on a new device on {at} UTC.\n"
        "If this was not you, end all sessions on your account's page.",
    ),
    "fa": (
        "دستگاه تازه در پیوند",
        "در {at} (UTC) با یک دستگاه تازه وارد عضویت شما در پیوند شدند.\n"
        "اگر کار شما نبوده است، در صفحه حساب خود همه نشست‌ها را پایان دهید.",
    ),
}


def code_text(locale: str, code: str, domain: str) -> Text:
    """A one-time code, for the page at `domain`."""
    subject, body = _CODE[locale]
    return Text(subject, f"{body.format(code=code)}\n\n@{domain} #{code}")


def phone_changed_text(locale: str, at: datetime) -> Text:
    """To the phone and the address that were a member's until now."""
    return _dated(_PHONE_CHANGED[locale], at)


def new_device_text(locale: str, at: datetime) -> Text:
    """To a member who signed in where it had not been before."""
    return _dated(_NEW_DEVICE[locale], at)


def _dated(texts: tuple[str, str], at: datetime) -> Text:
    subject, body = texts
    return Text(subject, body.format(at=f"{at:%Y-%m-%d %H:%M}"))
