// The same classes as `require` gives: a value made here is an instance there.

import domain from './index.cjs'

export const {
  ApiKey,
  ApiKeyError,
  CustomerIp,
  CustomerIpError,
  EmailAddress,
  EmailError,
  Expiry,
  ExpiryError,
  ProviderRules,
  RULES_VERSION,
  RuleError,
  UNICODE_VERSION,
} = domain
