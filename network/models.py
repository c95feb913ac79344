"""All tables of the house, for migrations and for tests that empty them."""

import network.accounting.models
import network.adjustments.models
import network.audit.models
import network.auth.models
import network.batches.models
import network.delivery.models
import network.earning.models
import network.expiry.models
import network.households.models
import network.infrastructure.network_clock
import network.infrastructure.outbox
import network.infrastructure.requests
import network.members.models
import network.partners.models
import network.partners.signing_models
import network.passkeys.models
import network.sessions.models
import network.settlement.banking
import network.settlement.models
import network.settlement.numbering_models
import network.settlement.proof_models
import network.settlement.records
import network.signin.models
import network.staff.models
import network.wallet.models  # noqa: F401
from network.infrastructure.database import Base

METADATA = Base.metadata
