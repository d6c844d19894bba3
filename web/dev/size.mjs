// Fails when the stage's first load has grown beyond what a four-year-old phone should fetch: the compressed JavaScript
// of `stage.html` with everything it imports statically. Fails too when anything built names the fonts of the papers,
// which are 20 MB and for the program alone. Run after `npm run build`.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LIMIT_KB = 80
const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist')
const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'))

function initialFiles(entry) {
  const files = new Set()
  const visit = (key) => {
    const chunk = manifest[key]
    if (!chunk || files.has(chunk.file)) return
    files.add(chunk.file)
    for (const next of chunk.imports ?? []) visit(next)
  }
  visit(entry)
  // Before everything else: see src/stage/begin.ts.
  if (entry === 'stage.html') visit('src/stage/begin.ts')
  return [...files].filter((f) => f.endsWith('.js'))
}

let failed = false
for (const [entry, limit] of [['stage.html', LIMIT_KB], ['index.html', LIMIT_KB], ['judge.html', 0], ['desk.html', 0]]) {
  const sizes = initialFiles(entry).map((file) => [file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length])
  const kb = sizes.reduce((sum, [, bytes]) => sum + bytes, 0) / 1024
  const verdict = limit === 0 ? '' : kb <= limit ? ` (limit ${limit} KB)` : ` EXCEEDS the limit of ${limit} KB`
  console.log(`${entry.padEnd(11)} ${kb.toFixed(1).padStart(7)} KB of compressed JavaScript${verdict}`)
  if (limit !== 0 && kb > limit) {
    failed = true
    for (const [file, bytes] of sizes) console.log(`    ${(bytes / 1024).toFixed(1).padStart(6)} KB ${file}`)
  }
}
for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  if (!/\.(js|css|html|webmanifest)$/.test(name)) continue
  if (/NotoSansSC-|fonts\/Noto/.test(readFileSync(join(dist, name), 'utf8'))) {
    console.log(`${name} names a font of the papers`)
    failed = true
  }
}
process.exit(failed ? 1 : 0)
