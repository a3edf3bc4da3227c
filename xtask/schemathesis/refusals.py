"""resetd refuses a missing or wrong API key with 404, as the platform it belongs to does: docs/http-api.md.

schemathesis's check `ignored_auth` knows 401 and 403 alone and has no setting for it.
"""

from schemathesis.specs.openapi import checks

checks.AUTH_REJECTION_STATUSES = frozenset({*checks.AUTH_REJECTION_STATUSES, 404})
