// What `npm pack` puts into the package is enough for somebody else's project, by import and by require.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('..', import.meta.url))
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const skip = spawnSync(npm, ['--version']).status === 0 ? false : 'there is no npm'

test('an installed package works', { skip }, (t) => {
  const project = mkdtempSync(join(tmpdir(), 'resetd-domain-'))
  t.after(() => rmSync(project, { recursive: true }))
  const run = (program, words, cwd) => execFileSync(program, words, { cwd, encoding: 'utf8', stdio: 'pipe' })

  run(npm, ['pack', '--silent', '--pack-destination', project], folder)
  const archive = readdirSync(project).find((name) => name.endsWith('.tgz'))
  writeFileSync(join(project, 'package.json'), '{"private":true}')
  run(npm, ['install', '--silent', '--offline', '--no-save', `./${archive}`], project)

  const show = 'console.log(new EmailAddress("J.an@gmail.com").canonical)'
  const imported = ['--input-type=module', '--eval', `import { EmailAddress } from "resetd-domain";${show}`]
  assert.equal(run(process.execPath, imported, project), 'jan@gmail.com\n')
  const required = ['--eval', `const { EmailAddress } = require("resetd-domain");${show}`]
  assert.equal(run(process.execPath, required, project), 'jan@gmail.com\n')
})
