// Compiled, never run: what the types promise. `@ts-expect-error` fails where there is no error.

import { ApiKey, CustomerIp, EmailAddress, EmailError, Expiry, ProviderRules, RuleError } from 'resetd-domain'

const providers = new ProviderRules([{ name: 'Shop', source: 'them', domains: ['shop.example'], tag: '+' }])
const email: EmailAddress = new EmailAddress('jan@shop.example', { providers })
const forms: readonly string[] = [email.normalized, email.canonical, email.masked, email.unicode, `${email}`]
const provider: string | null = email.provider
const maybe: EmailAddress | null = EmailAddress.parse('jan')
const same: boolean = maybe !== null && email.sameMailbox(maybe)
const kind: 'production' | 'development' | 'system' = new ApiKey('x', { refuseSample: true }).kind
const digest: Uint8Array = new ApiKey('x').sha256
const seconds: number = Expiry.fromSeconds(60).seconds
export const used = [forms, provider, same, kind, digest, seconds]

try {
  new CustomerIp('1.2.3')
} catch (error) {
  if (error instanceof EmailError) error satisfies RuleError
  if (error instanceof RuleError) {
    const place: [string, number] = [error.code, error.position]
    used.push(place.join())
  }
}

// @ts-expect-error: not a string
new EmailAddress(3)
// @ts-expect-error: no such separator
new ProviderRules([{ name: 'Shop', source: 'them', domains: [], tag: 'x' }])
// @ts-expect-error: read alone
email.normalized = 'x'
// @ts-expect-error: no such scope
export const scope: 'moon' = new CustomerIp('').scope
// @ts-expect-error: an address may be refused
EmailAddress.parse('jan').normalized
