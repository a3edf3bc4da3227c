// Builds the addon and puts it beside index.cjs: `npm run build`, or with `-- --debug`. CARGO_TARGET_DIR is respected.

import { execFileSync } from 'node:child_process'
import { copyFileSync, renameSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const folder = fileURLToPath(new URL('.', import.meta.url))
const profile = process.argv.includes('--debug') ? 'dev' : 'release'

const cargo = ['build', '--quiet', '--profile', profile, '--message-format', 'json']
const output = execFileSync(process.env.CARGO ?? 'cargo', cargo, {
  cwd: folder,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['ignore', 'pipe', 'inherit'],
})
const library = output
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line))
  .find((message) => message.reason === 'compiler-artifact' && message.target.name === 'resetd_domain_node')
  .filenames.find((file) => /\.(so|dylib|dll)$/.test(file))

// Renamed into its name, as a process may have the former one open.
copyFileSync(library, join(folder, 'native.node.new'))
renameSync(join(folder, 'native.node.new'), join(folder, 'native.node'))
