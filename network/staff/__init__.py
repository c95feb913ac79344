"""Staff: the people of the operator and of partners, how they prove who they are, and what each of them may do.

    domain      permissions and who may exercise them, roles, passwords, the slowing down of guesses
    secrets     what is kept of passwords, second factors, recovery codes and invitations
    service     invite, accept, sign in, prove again, manage roles and people; `authorise`

A person of staff belongs to one business for good; whoever works for two has two accounts. What it may do follows from
roles, which are data of its business. Two things no role can give: to exercise a permission of four eyes on one's own
work, and to touch another partner. Everything here follows the system's clock.
"""
