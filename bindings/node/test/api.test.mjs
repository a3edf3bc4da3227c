// What JavaScript adds to the rules: classes that behave as URL and its kind do.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'

import * as domain from 'resetd-domain'
import {
  ApiKey,
  ApiKeyError,
  CustomerIp,
  CustomerIpError,
  EmailAddress,
  EmailError,
  Expiry,
  ExpiryError,
  ProviderRules,
  RuleError,
} from 'resetd-domain'

const KEY = 'DEV_abcdefghijklmnopqrstuvwxyz01'

/** The error of a call that has to fail. */
function refused(call) {
  try {
    call()
  } catch (error) {
    return error
  }
  return assert.fail('nothing was refused')
}

test('import and require give the same classes, all of them', () => {
  const required = createRequire(import.meta.url)('resetd-domain')
  assert.deepEqual({ ...domain }, { ...required })
  assert.equal(Object.keys(required).length, 12)
})

describe('addresses', () => {
  test('two spellings are equal, two addresses of a mailbox are not', () => {
    const email = new EmailAddress(' Jan@Example.com ')
    assert.ok(email.equals(new EmailAddress('jan@example.com')))
    assert.ok(!email.equals('jan@example.com') && !email.equals(null) && !email.equals(new Expiry('1h')))
    const [one, other] = [new EmailAddress('j.an@gmail.com'), new EmailAddress('jan+x@googlemail.com')]
    assert.ok(!one.equals(other) && one.sameMailbox(other))
    assert.equal(new EmailAddress('jan@gmail.com').provider, null)
  })

  test('their parts', () => {
    const email = new EmailAddress('JAN@HÁČKY.cz')
    assert.deepEqual([email.localPart, email.domain], ['jan', 'xn--hky-ela4t.cz'])
    assert.deepEqual([email.domainUnicode, email.unicode], ['háčky.cz', 'jan@háčky.cz'])
  })

  test('texts have them whole, logs masked', () => {
    const email = new EmailAddress('Jan@example.com')
    assert.equal(`${email}`, 'jan@example.com')
    assert.equal(JSON.stringify({ email }), '{"email":"jan@example.com"}')
    assert.equal(inspect({ email }), '{ email: EmailAddress <j***@example.com> }')
  })

  test('a value stays as it is', () => {
    assert.throws(() => (new EmailAddress('jan@example.com').normalized = 'x'), TypeError)
  })

  test('rules of ones own come first', () => {
    const providers = new ProviderRules([
      { name: 'Shop\nLtd.', source: 'their postmaster', domains: new Set(['shop.example']), ignoresDots: true, tag: '-' },
      { name: 'Late', source: 'nobody', domains: ['shop.example'], tag: null },
      { name: 'Two', source: 'their page', domains: ['two.example'], mapsTo: 'one.example' },
    ])
    assert.equal(providers.length, 3)
    const email = new EmailAddress('j.an-x@shop.example', { providers })
    assert.deepEqual([email.canonical, email.provider], ['jan@shop.example', 'Shop\nLtd.'])
    assert.equal(new EmailAddress('jan@two.example', { providers }).canonical, 'jan@one.example')
    assert.equal(new EmailAddress('j.an@gmail.com', { providers }).canonical, 'jan@gmail.com')
  })

  test('a rule of ones own is checked', () => {
    const rule = (parts) => () => new ProviderRules([{ name: 'Bad', source: '', domains: [], ...parts }])
    const error = refused(rule({ domains: ['fine.example', 'a..b'] }))
    assert.ok(error instanceof EmailError)
    assert.deepEqual([error.code, error.position], ['empty-label', 2])
    assert.throws(rule({ mapsTo: 'a_b.cz' }), { code: 'domain-character' })
    for (const parts of [{ tag: 'x' }, { domains: [3] }, { mapsTo: 3 }]) assert.throws(rule(parts), TypeError)
    for (const providers of [[], {}, 'x', 3]) {
      assert.throws(() => new EmailAddress('jan@example.com', { providers }), TypeError)
    }
  })
})

describe('errors', () => {
  test('positions are of UTF-16 and of UTF-8', () => {
    const text = '😀žluťoučký@kůň.cz.'
    const error = refused(() => new EmailAddress(text))
    assert.ok(error instanceof EmailError && error instanceof RuleError && error instanceof Error)
    assert.deepEqual([error.name, error.code, text.slice(error.position)], ['EmailError', 'trailing-dot', '.'])
    assert.equal(Buffer.from(text).subarray(error.bytePosition).toString(), '.')
    assert.ok(!error.stack.includes('kůň'))
  })

  test('half a surrogate pair is refused by every rule', () => {
    for (const [Rule, RefusedBy] of [
      [EmailAddress, EmailError],
      [ApiKey, ApiKeyError],
      [CustomerIp, CustomerIpError],
      [Expiry, ExpiryError],
    ]) {
      const error = refused(() => new Rule('é😀\ud800@example.com'))
      assert.ok(error instanceof RefusedBy)
      assert.deepEqual([error.code, error.position, error.bytePosition], ['not-unicode', 3, 6])
      assert.equal(Rule.parse('\ud800'), null)
    }
  })

  test('parse gives null and canParse false for what is refused, and both throw for what is no string', () => {
    for (const Rule of [EmailAddress, ApiKey, Expiry, CustomerIp]) {
      assert.equal(Rule.parse('1.2.3.4.5'), null)
      assert.equal(Rule.canParse('1.2.3.4.5'), false)
      for (const value of [undefined, null, 3, {}, ['1h'], new String('1h')]) {
        for (const call of [() => new Rule(value), () => Rule.parse(value), () => Rule.canParse(value)]) {
          assert.throws(call, TypeError)
        }
      }
    }
    assert.ok(EmailAddress.canParse('a@b.cz') && ApiKey.canParse(KEY) && Expiry.canParse('1h') && CustomerIp.canParse(''))
    assert.equal(EmailAddress.parse('A@b.cz').normalized, 'a@b.cz')
  })
})

describe('keys', () => {
  test('a key does not print itself', () => {
    const key = new ApiKey(KEY)
    for (const text of [`${key}`, JSON.stringify(key), inspect(key), inspect({ key }, { showHidden: true })]) {
      assert.ok(text.includes('DEV_…01') && !text.includes(KEY), text)
    }
    assert.deepEqual([key.expose(), key.kind, key.requestsPerMinute], [KEY, 'development', 1000])
    assert.equal(new ApiKey(KEY.replace('DEV_', 'ROOT')).requestsPerMinute, null)
    assert.equal(key.sha256.length, 32)
  })

  test('its refusal does not print it', () => {
    const error = refused(() => new ApiKey(`${KEY}2`))
    assert.equal(error.code, 'wrong-length')
    assert.ok(!inspect(error).includes(KEY.slice(4)))
  })
})

describe('addresses of IP and expiries', () => {
  test('what an IP tells', () => {
    const ip = new CustomerIp('2001:DB8:1:2::7')
    assert.deepEqual([ip.scope, ip.isGlobal, ip.budgetKey], ['documentation', false, '2001:db8:1:2::'])
    assert.ok(ip.equals(new CustomerIp('2001:db8:1:2::7')) && !ip.equals(undefined))
    assert.equal(inspect([ip]), '[ CustomerIp <2001:db8:1:2::7> ]')
    assert.equal(JSON.stringify([ip]), '["2001:db8:1:2::7"]')
  })

  test('what an expiry tells', () => {
    const expiry = new Expiry('3h 20m')
    assert.ok(expiry.equals(Expiry.fromSeconds(12_000)) && !expiry.equals(12_000))
    assert.deepEqual([expiry.milliseconds, expiry.iso8601, inspect(expiry)], [12_000_000, 'PT3H20M', 'Expiry <3h 20m>'])
    assert.equal(JSON.stringify({ expiry }), '{"expiry":"3h 20m"}')
  })

  test('seconds have a range', () => {
    assert.throws(() => Expiry.fromSeconds(0), { code: 'zero' })
    assert.throws(() => Expiry.fromSeconds(59), { code: 'too-short' })
    for (const seconds of [604_801, Number.MAX_VALUE]) assert.throws(() => Expiry.fromSeconds(seconds), { code: 'too-long' })
    for (const seconds of [-1, 60.5, NaN, Infinity, '60']) assert.throws(() => Expiry.fromSeconds(seconds), TypeError)
  })
})
