"""What no purchase gave and no till took: goodwill, corrections, a longer life for points, by the operator's people.

Each names the issuer that pays, a reason code, and who prepared it. Up to that person's limit it is posted at once;
above it somebody else approves or rejects it, once.
"""
