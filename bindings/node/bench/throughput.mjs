// Addresses a second, ours and validator.js's, in turns: the ratio is what counts on a busy machine.
//
//     npm run build && npm install --no-save validator && node bench/throughput.mjs

import { EmailAddress } from 'resetd-domain'
import validator from 'validator'

const DOMAINS = ['gmail.com', 'Outlook.com', 'example.com', 'shop.example.co.uk']
const ASCII = Array.from({ length: 1000 }, (_, number) => `First.Last${number}+tag@${DOMAINS[number % 4]}`)
const INTERNATIONAL = Array.from({ length: 1000 }, (_, number) => `žluťoučký.kůň${number}@háčkyčárky${number % 97}.cz`)
const ROUNDS = 15

const ours = (address) => new EmailAddress(address).canonical
const theirs = (address) => validator.isEmail(address) && validator.normalizeEmail(address)

function perSecond(read, addresses) {
  const start = process.hrtime.bigint()
  for (let repeat = 0; repeat < 50; repeat++) for (const address of addresses) read(address)
  return (50 * addresses.length) / (Number(process.hrtime.bigint() - start) / 1e9)
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1]
const shown = (number) => Math.round(number).toLocaleString('en').padStart(9)

for (const [name, addresses] of [['ASCII', ASCII], ['international', INTERNATIONAL]]) {
  const rounds = Array.from({ length: ROUNDS }, () => [perSecond(ours, addresses), perSecond(theirs, addresses)])
  const [best, theirBest] = [0, 1].map((side) => shown(Math.max(...rounds.map((round) => round[side]))))
  const ratio = median(rounds.map(([a, b]) => a / b)).toFixed(1)
  console.log(`${name.padStart(13)}: ${best}/s, validator.js ${theirBest}/s, ratio ${ratio}`)
}
