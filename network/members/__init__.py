"""People: enrolment, cards, what is known of them and by whom.

    domain     cards, contacts, masks, and what a partner may do with how it knows a member
    vault      personal data at rest: sealed by a key of the member's own, found again by keyed hashes
    service    enrol, look up, tell about, forget
    handlers   how often who was where, counted from the ledger's facts

A member is an id, a wallet and a status; everything personal lies sealed in `person`, and is unreadable for ever once
the member's row in `person_key` is gone. A partner sees the members that it enrolled, or whose card or phone it was
shown; of all others it does not learn that they exist.
"""
