'use strict'

// The classes over the functions of the addon. Types and documentation: index.d.cts.

const native = require('./native.node')

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

class RuleError extends Error {
  constructor({ message, code, position, bytePosition }) {
    super(message)
    this.code = code
    this.position = position
    this.bytePosition = bytePosition
  }

  get name() {
    return this.constructor.name
  }
}

class EmailError extends RuleError {}
class ApiKeyError extends RuleError {}
class CustomerIpError extends RuleError {}
class ExpiryError extends RuleError {}

/** Passes a text on; Node-API would quietly put U+FFFD for half a surrogate pair. */
function text(value, RefusedBy) {
  if (typeof value !== 'string') throw new TypeError(`expected a string, not ${value === null ? 'null' : typeof value}`)
  if (!value.isWellFormed()) {
    let position = 0
    for (const character of value) {
      if (!character.isWellFormed()) break
      position += character.length
    }
    const bytePosition = Buffer.byteLength(value.slice(0, position))
    throw new RefusedBy({ message: 'half a surrogate pair: expected Unicode text', code: 'not-unicode', position, bytePosition })
  }
  return value
}

/** The value, or null where the rule refuses the text. */
function parsed(Rule, value, options) {
  try {
    return new Rule(value, options)
  } catch (error) {
    if (error instanceof RuleError) return null
    throw error
  }
}

/** What the addon made of a ProviderRules. */
let handle

class ProviderRules {
  #rules
  #length

  constructor(providers) {
    const given = Array.from(providers, (provider) => {
      for (const domain of provider.domains) text(domain, EmailError)
      const { tag = null, mapsTo = null, ignoresDots = false } = provider
      if (tag !== null && tag !== '+' && tag !== '-') throw new TypeError("tag: expected '+', '-' or null")
      if (mapsTo !== null) text(mapsTo, EmailError)
      return {
        name: String(provider.name),
        source: String(provider.source),
        domains: [...provider.domains],
        ignoresDots: Boolean(ignoresDots),
        // The addon takes undefined for nothing, and null for a value of the wrong type.
        tag: tag ?? undefined,
        mapsTo: mapsTo ?? undefined,
      }
    })
    const made = native.providerRules(given)
    if (made.code !== undefined) throw new EmailError(made)
    this.#rules = made
    this.#length = given.length
  }

  get length() {
    return this.#length
  }

  static {
    handle = (rules) => {
      if (typeof rules !== 'object' || !(#rules in rules)) throw new TypeError('providers: expected a ProviderRules')
      return rules.#rules
    }
  }
}

class EmailAddress {
  #normalized
  #canonical
  #provider = null
  #rules

  constructor(address, options) {
    if (options?.providers != null) this.#rules = handle(options.providers)
    const found = native.email(text(address, EmailError), this.#rules)
    if (typeof found !== 'string') throw new EmailError(found)
    const first = found.indexOf('\n')
    if (first === -1) {
      this.#normalized = this.#canonical = found
    } else {
      const second = found.indexOf('\n', first + 1)
      this.#normalized = found.slice(0, first)
      this.#canonical = found.slice(first + 1, second)
      this.#provider = found.slice(second + 1)
    }
  }

  static parse(address, options) {
    return parsed(EmailAddress, address, options)
  }

  static canParse(address) {
    return parsed(EmailAddress, address) !== null
  }

  get normalized() {
    return this.#normalized
  }

  get canonical() {
    return this.#canonical
  }

  get provider() {
    return this.#provider
  }

  get localPart() {
    return this.#normalized.slice(0, this.#normalized.lastIndexOf('@'))
  }

  get domain() {
    return this.#normalized.slice(this.#normalized.lastIndexOf('@') + 1)
  }

  get masked() {
    return native.shownForms(this.#normalized, this.#rules)[0]
  }

  get domainUnicode() {
    return native.shownForms(this.#normalized, this.#rules)[1]
  }

  get unicode() {
    return native.shownForms(this.#normalized, this.#rules)[2]
  }

  sameMailbox(other) {
    return this.#canonical === other.#canonical
  }

  equals(other) {
    return typeof other === 'object' && other !== null && #normalized in other && this.#normalized === other.#normalized
  }

  toString() {
    return this.#normalized
  }

  toJSON() {
    return this.#normalized
  }

  [INSPECT]() {
    return `EmailAddress <${this.masked}>`
  }
}

class ApiKey {
  #text
  #kind
  #requestsPerMinute
  #masked
  #isSample

  constructor(key, options) {
    const found = native.apiKey(text(key, ApiKeyError), Boolean(options?.refuseSample))
    if (!Array.isArray(found)) throw new ApiKeyError(found)
    this.#text = key
    ;[this.#kind, this.#requestsPerMinute, this.#masked, this.#isSample] = found
  }

  static parse(key, options) {
    return parsed(ApiKey, key, options)
  }

  static canParse(key) {
    return parsed(ApiKey, key) !== null
  }

  get kind() {
    return this.#kind
  }

  get requestsPerMinute() {
    return this.#requestsPerMinute ?? null
  }

  get isSample() {
    return this.#isSample
  }

  get masked() {
    return this.#masked
  }

  get sha256() {
    return native.apiKeySha256(this.#text)
  }

  expose() {
    return this.#text
  }

  toString() {
    return this.#masked
  }

  toJSON() {
    return this.#masked
  }

  [INSPECT]() {
    return `ApiKey <${this.#masked}>`
  }
}

class CustomerIp {
  #address
  #scope
  #budgetKey

  constructor(address) {
    const found = native.customerIp(text(address, CustomerIpError))
    if (!Array.isArray(found)) throw new CustomerIpError(found)
    ;[this.#address, this.#scope, this.#budgetKey] = found
  }

  static parse(address) {
    return parsed(CustomerIp, address)
  }

  static canParse(address) {
    return parsed(CustomerIp, address) !== null
  }

  get scope() {
    return this.#scope
  }

  get isGlobal() {
    return this.#scope === 'global'
  }

  get budgetKey() {
    return this.#budgetKey
  }

  equals(other) {
    return typeof other === 'object' && other !== null && #address in other && this.#address === other.#address
  }

  toString() {
    return this.#address
  }

  toJSON() {
    return this.#address
  }

  [INSPECT]() {
    return `CustomerIp <${this.#address}>`
  }
}

class Expiry {
  #seconds

  constructor(duration) {
    const found = native.expiry(text(duration, ExpiryError))
    if (typeof found !== 'number') throw new ExpiryError(found)
    this.#seconds = found
  }

  static parse(duration) {
    return parsed(Expiry, duration)
  }

  static canParse(duration) {
    return parsed(Expiry, duration) !== null
  }

  static fromSeconds(seconds) {
    if (!Number.isInteger(seconds) || seconds < 0) throw new TypeError('expected a whole number of seconds')
    const found = native.expiryFromSeconds(seconds)
    if (typeof found !== 'number') throw new ExpiryError(found)
    return new Expiry(native.expiryForms(found)[0])
  }

  get seconds() {
    return this.#seconds
  }

  get milliseconds() {
    return this.#seconds * 1000
  }

  get iso8601() {
    return native.expiryForms(this.#seconds)[1]
  }

  equals(other) {
    return typeof other === 'object' && other !== null && #seconds in other && this.#seconds === other.#seconds
  }

  toString() {
    return native.expiryForms(this.#seconds)[0]
  }

  toJSON() {
    return this.toString()
  }

  [INSPECT]() {
    return `Expiry <${this}>`
  }
}

module.exports = {
  ApiKey,
  ApiKeyError,
  CustomerIp,
  CustomerIpError,
  EmailAddress,
  EmailError,
  Expiry,
  ExpiryError,
  ProviderRules,
  RULES_VERSION: native.RULES_VERSION,
  RuleError,
  UNICODE_VERSION: native.UNICODE_VERSION,
}
