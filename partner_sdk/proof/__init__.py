"""Verifying what the network settles, without trusting it, and without a connection (docs/proof.md).

    from partner_sdk.proof import Keys, Receipt, verify

    report = verify(open("proof.ndjson"), keys=Keys(kept_keys), partner="par_...", receipts=receipts,
                    contracts=contracts, signers=Signers(kept_signers),
                    previous=last_report.document, awaited=last_report.awaited, used=last_report.used)
    for finding in report.findings:
        print(finding.kind, finding.where, finding.detail)

Standard library alone, elliptic curve included: read it before you trust it. `Proofs` fetches what there is to verify.
"""

from ._compare import compare, shared_lines, verify_entry
from ._fetch import Proofs
from ._findings import Draws, Finding, Report, Shared
from ._keys import Keys
from ._receipts import Contract, Receipt
from ._signers import Signers
from ._verify import verify

__all__ = [
    "Contract",
    "Draws",
    "Finding",
    "Keys",
    "Proofs",
    "Receipt",
    "Report",
    "Shared",
    "Signers",
    "compare",
    "shared_lines",
    "verify",
    "verify_entry",
]
