// Values a second, ours and its peers', in turns: the ratio is what counts on a busy machine.
//
//     npm run build && npm install --no-save validator @hapi/address zod normalize-email ms ipaddr.js
//     node bench/throughput.mjs
//
// A peer that is not installed is left out.

import { CustomerIp, EmailAddress, Expiry } from 'resetd-domain'

const values = (value) => Array.from({ length: 1000 }, (_, number) => value(number))
const DOMAINS = ['gmail.com', 'Outlook.com', 'example.com', 'shop.example.co.uk']
const ASCII = values((number) => `First.Last${number}+tag@${DOMAINS[number % 4]}`)
const INTERNATIONAL = values((number) => `žluťoučký.kůň${number}@háčkyčárky${number % 97}.cz`)
const EXPIRIES = values((number) => `${1 + (number % 150)}h`)
const IPS = values((number) => (number % 2 ? `2001:DB8:0:0::${number.toString(16)}` : `192.0.2.${number % 256}`))
const ROUNDS = 15
/** Of one measurement, in milliseconds. */
const LENGTH = 30

const email = (text) => new EmailAddress(text).canonical
const expiry = (text) => new Expiry(text).milliseconds
const ip = (text) => `${new CustomerIp(text)}`

/** What, on which values, our way; the package and its way. */
const PEERS = [
  ['ASCII e-mail', ASCII, email, 'validator', validator],
  ['international e-mail', INTERNATIONAL, email, 'validator', validator],
  ['ASCII e-mail', ASCII, email, '@hapi/address', ({ isEmailValid }) => isEmailValid],
  ['ASCII e-mail', ASCII, email, 'zod', ({ z }) => ((schema) => (text) => schema.parse(text))(z.email())],
  ['ASCII e-mail', ASCII, email, 'normalize-email', ({ default: normalize }) => normalize],
  ['expiry', EXPIRIES, expiry, 'ms', ({ default: ms }) => ms],
  ['customer IP', IPS, ip, 'ipaddr.js', ({ default: ipaddr }) => (text) => ipaddr.parse(text).toString()],
]

function validator({ default: { isEmail, normalizeEmail } }) {
  return (text) => isEmail(text) && normalizeEmail(text)
}

function perSecond(rule, given) {
  let done = 0
  const start = performance.now()
  for (;;) {
    for (const value of given) rule(value)
    done += given.length
    const passed = performance.now() - start
    if (passed > LENGTH) return (done / passed) * 1000
  }
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1]
const shown = (number) => Math.round(number).toLocaleString('en').padStart(9)

for (const [what, given, ours, name, peer] of PEERS) {
  let theirs
  try {
    theirs = peer(await import(name))
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    continue
  }
  const rounds = Array.from({ length: ROUNDS }, () => [perSecond(ours, given), perSecond(theirs, given)])
  const [best, theirBest] = [0, 1].map((side) => shown(Math.max(...rounds.map((round) => round[side]))))
  const ratio = median(rounds.map(([a, b]) => a / b)).toFixed(1)
  console.log(`${what.padStart(20)}: ${best}/s, ${name} ${theirBest}/s, ratio ${ratio}`)
}
