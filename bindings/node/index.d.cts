/** Since which year and month every input has had the answer it has now. Store it beside a canonical form. */
export const RULES_VERSION: string

/** The version of Unicode by whose tables the rules were tested. */
export const UNICODE_VERSION: string

/** Why a rule refused a text. No error holds the text itself. */
export class RuleError extends Error {
  /** The refusal's machine-readable name, such as `trailing-dot`. It never changes. */
  readonly code: string
  /** The index into the string that was given; 0 where the value as a whole is refused. */
  readonly position: number
  /** The same place in bytes of UTF-8, which other languages and the message count in. */
  readonly bytePosition: number
  protected constructor()
}

export class EmailError extends RuleError {}
export class ApiKeyError extends RuleError {}
export class CustomerIpError extends RuleError {}
export class ExpiryError extends RuleError {}

/** What one mail provider ignores in its addresses. */
export interface Provider {
  readonly name: string
  /** Where it is written that the provider does so. */
  readonly source: string
  readonly domains: Iterable<string>
  /** Whether dots in the local part make no difference. */
  readonly ignoresDots?: boolean
  /** What separates the name of the mailbox from a tag that makes no difference. */
  readonly tag?: '+' | '-' | null
  /** The domain that the others are names of; the rule covers it as well. */
  readonly mapsTo?: string | null
}

/** Rules of one's own before the built-in ones. The first that covers a domain decides. */
export class ProviderRules {
  /** @throws {EmailError} for a domain that could not stand in an address */
  constructor(providers: Iterable<Provider>)
  /** The number of one's own rules. */
  readonly length: number
}

export interface EmailOptions {
  readonly providers?: ProviderRules
}

/** A deliverable e-mail address and the identity of its mailbox. `console.log` shows it masked. */
export class EmailAddress {
  /** @throws {EmailError} */
  constructor(address: string, options?: EmailOptions)
  /** The address, or null where it is refused. */
  static parse(address: string, options?: EmailOptions): EmailAddress | null
  static canParse(address: string): boolean
  /** The deliverable form: NFC, lower case, the domain in A-labels. Mail goes there. */
  readonly normalized: string
  /** The identity of the mailbox: without the dots and tags that its provider ignores. */
  readonly canonical: string
  /** The provider whose rule made the canonical form differ from the normalized one, such as `Gmail`. */
  readonly provider: string | null
  /** The normalized part before the `@`. */
  readonly localPart: string
  /** The normalized part after the `@`, in A-labels. */
  readonly domain: string
  /** The domain as people read it. */
  readonly domainUnicode: string
  /** The address with its domain as people read it. For showing alone: mail goes to `normalized`. */
  readonly unicode: string
  /** As logs may show it: `j***@example.com`. */
  readonly masked: string
  /** Whether both lead to the same mailbox: whether their canonical forms are equal. */
  sameMailbox(other: EmailAddress): boolean
  /** Whether both have the same normalized form. */
  equals(other: unknown): boolean
  /** The normalized form. */
  toString(): string
  toJSON(): string
}

export type ApiKeyKind = 'production' | 'development' | 'system'

/** An API key in plain text. It shows itself masked, in JSON too; two keys are compared by `sha256`. */
export class ApiKey {
  /**
   * `refuseSample` refuses the sample key of the reference, which works nowhere but in `resetd demo`.
   * @throws {ApiKeyError}
   */
  constructor(key: string, options?: { readonly refuseSample?: boolean })
  /** The key, or null where it is refused. */
  static parse(key: string, options?: { readonly refuseSample?: boolean }): ApiKey | null
  static canParse(key: string): boolean
  readonly kind: ApiKeyKind
  /** How many requests a key of this kind may make within a minute; null: as many as it likes. */
  readonly requestsPerMinute: number | null
  readonly isSample: boolean
  /** As logs may show it: `DEV_…01`. */
  readonly masked: string
  /** The SHA-256 of the key, 32 bytes: the only form of it that is stored. */
  readonly sha256: Uint8Array
  /** The plain key. Never log it. */
  expose(): string
  /** The masked form. */
  toString(): string
  toJSON(): string
}

export type IpScope =
  | 'global'
  | 'loopback'
  | 'unspecified'
  | 'this-network'
  | 'private'
  | 'shared'
  | 'link-local'
  | 'documentation'
  | 'benchmarking'
  | 'multicast'
  | 'broadcast'
  | 'reserved'

/**
 * The IP address a customer acts from: one value and one spelling (RFC 5952) per address. `::1`, `0.0.0.0`, `localhost` and the
 * empty string are `127.0.0.1`; IPv4-mapped IPv6 is the IPv4 in it.
 */
export class CustomerIp {
  /** @throws {CustomerIpError} */
  constructor(address: string)
  /** The address, or null where it is refused. */
  static parse(address: string): CustomerIp | null
  static canParse(address: string): boolean
  /** Where the address lies, by IANA's special-purpose address registries. */
  readonly scope: IpScope
  /** Whether it can belong to someone on the public internet. */
  readonly isGlobal: boolean
  /** What a budget counts for this address: an IPv6 address as its /64. */
  readonly budgetKey: string
  equals(other: unknown): boolean
  toString(): string
  toJSON(): string
}

/** How long a reset link lives: whole seconds, from one minute to seven days. */
export class Expiry {
  /**
   * Reads `3h 20m` or `PT3H20M`.
   * @throws {ExpiryError}
   */
  constructor(duration: string)
  /** The expiry, or null where it is refused. */
  static parse(duration: string): Expiry | null
  static canParse(duration: string): boolean
  /**
   * An expiry of so many seconds, 60 to 604,800.
   * @throws {ExpiryError}
   */
  static fromSeconds(seconds: number): Expiry
  readonly seconds: number
  readonly milliseconds: number
  /** In ISO 8601, without weeks: `PT3H20M`, `P7D`. */
  readonly iso8601: string
  equals(other: unknown): boolean
  /** `3h 20m`. */
  toString(): string
  toJSON(): string
}
