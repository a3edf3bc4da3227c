// The vectors of `conformance`: every member of every answer, and code and position of every refusal.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import * as domain from 'resetd-domain'
import { ApiKey, CustomerIp, EmailAddress, Expiry, ProviderRules, RuleError } from 'resetd-domain'

const RULES = {
  email(text, { providers }) {
    const rules = providers && new ProviderRules(providers)
    const { normalized, canonical, provider, masked, localPart, domain, unicode } = new EmailAddress(text, { providers: rules })
    return { normalized, canonical, provider, masked, localPart, domain, unicode }
  },
  'same-mailbox'([one, other]) {
    return { same: new EmailAddress(one).sameMailbox(new EmailAddress(other)) }
  },
  ip(text) {
    const ip = new CustomerIp(text)
    return { normalized: `${ip}`, scope: ip.scope, budgetKey: ip.budgetKey }
  },
  expiry(text) {
    const expiry = new Expiry(text)
    return { seconds: expiry.seconds, text: `${expiry}`, iso8601: expiry.iso8601 }
  },
  'api-key'(text, options) {
    const key = new ApiKey(text, options)
    return { kind: key.kind, masked: key.masked, sha256: Buffer.from(key.sha256).toString('hex'), sample: key.isSample }
  },
}

function answer(rule, vector) {
  try {
    return { gives: rule(vector.input, vector.options ?? {}) }
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return { refused: { code: error.code, position: error.bytePosition, utf16: error.position } }
  }
}

for (const [name, rule] of Object.entries(RULES)) {
  test(`the vectors of ${name}`, () => {
    const { vectors, rules, unicode } = JSON.parse(readFileSync(new URL(`../../../conformance/${name}.json`, import.meta.url), 'utf8'))
    assert.ok(vectors.length > 20)
    assert.deepEqual([domain.RULES_VERSION, domain.UNICODE_VERSION], [rules, unicode])
    for (const vector of vectors) {
      const { gives, refused } = vector
      assert.deepEqual(answer(rule, vector), gives ? { gives } : { refused }, `${vector.id}: ${vector.because}`)
    }
  })
}
