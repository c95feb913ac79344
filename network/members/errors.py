"""How members can be refused. No text here, and none that is raised, repeats what a person has told us."""

from network.kernel.errors import Conflict, Forbidden, Invalid, NotFound, PeyvandError


class MemberNotFound(NotFound):
    """There is none, or this partner may not know that there is."""

    code = "member_not_found"
    detail = "There is no such member here."


class MemberMerged(Conflict):
    """Told only to those who know the old id; `merged_into` is the id to use from now on."""

    is_kept = True
    code = "member_merged"
    detail = "This member was merged into another one, whose id is to be used from now on."


class InHousehold(Conflict):
    code = "in_household"
    detail = "The member shares a household's pool, and has to leave it first."


class HoldsOpen(Conflict):
    code = "holds_open"
    detail = "Points are on hold. They have to be captured, voided, or lapse first."


class MergeNotFound(NotFound):
    code = "merge_not_found"
    detail = "There is no such merge."


class SameMember(Invalid):
    code = "same_member"
    detail = "A member can't be merged into itself."


class ReasonMissing(Invalid):
    code = "reason_missing"
    detail = "A reason of 1 to 200 characters is needed."


class MergeOver(Conflict):
    code = "merge_over"
    detail = "This is not open any more: it was decided on, or undone, before."


class SecondPersonNeeded(Forbidden):
    code = "second_person_needed"
    detail = "What one person prepared is decided on by another."


class AccountExists(Conflict):
    """Some of the details belong to a member already. Which, and whose, is not told; nothing is linked."""

    code = "account_exists"
    detail = "A member with some of these details exists already."


class NoContact(Conflict):
    code = "no_contact"
    detail = "There is neither a phone number nor an e-mail address to write to."


class BadCardNumber(Invalid):
    code = "card_number_invalid"
    detail = "This is not a card number of this network: 16 digits, the last of which checks the others."


class BadPhone(Invalid):
    code = "phone_invalid"
    detail = "A phone number is written +<country><number> (E.164), or 0<area><number> in Iran."


class BadEmail(Invalid):
    code = "email_invalid"
    detail = "This is not an e-mail address."


class BadName(Invalid):
    code = "name_invalid"
    detail = "A name has 1 to 120 printable characters."


class BadLocale(Invalid):
    code = "locale_invalid"
    detail = "A locale is fa or en."


class BadJurisdiction(Invalid):
    code = "jurisdiction_invalid"
    detail = "A jurisdiction is a country, or a part of one, by ISO 3166: IR, CA-QC."


class VaultSealed(PeyvandError):
    """Personal data that this installation's secret does not open: it is another secret, or the data were altered."""

    code = "unreadable_data"
    detail = "Stored data could not be read."
