"""How an adjustment can fail."""

from network.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused


class AdjustmentNotFound(NotFound):
    code = "adjustment_not_found"
    detail = "There is no such adjustment."


class UnknownReason(Invalid):
    code = "unknown_reason"
    detail = "There is no such reason code."


class NothingToAdjust(Invalid):
    code = "nothing_to_adjust"
    detail = "An adjustment gives or takes at least one point."


class ExtensionNotFound(NotFound):
    code = "extension_not_found"
    detail = "There is no such extension."


class BadExtension(Invalid):
    code = "bad_extension"
    detail = "The extension makes no sense."


class NothingToExtend(Refused):
    code = "nothing_to_extend"
    detail = "The member has no such points that expire in that time."


class SamePerson(Forbidden):
    code = "same_person"
    detail = "Who prepared an adjustment can't decide on it."


class AlreadyDecided(Conflict):
    code = "already_decided"
    detail = "This adjustment was approved, rejected or posted before."


class NotEnoughOfIssuer(Refused):
    code = "not_enough_of_issuer"
    detail = "The wallet has fewer points of this issuer than are to be taken back."
