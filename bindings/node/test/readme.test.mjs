// The examples of the README, run as they stand there.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('its examples run', () => {
  const examples = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, example]) => example)
  assert.ok(examples.length > 0)
  for (const example of examples) {
    execFileSync(process.execPath, ['--input-type=module', '--eval', example], { cwd: folder, stdio: 'pipe' })
  }
})
