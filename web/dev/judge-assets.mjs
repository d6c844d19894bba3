// Which built files the judge's tablet needs: the closure of `judge.html` over Vite's manifest. The service worker keeps
// exactly these for work without a network, so a tablet never downloads the desk's charts or the stage.
import { readFileSync } from 'node:fs'

export function filesOf(entry, manifest) {
  const files = new Set([entry])
  const seen = new Set()
  const visit = (key) => {
    const chunk = manifest[key]
    if (!chunk || seen.has(key)) return
    seen.add(key)
    files.add(chunk.file)
    for (const extra of [...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(extra)
    for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) visit(next)
  }
  visit(entry)
  return files
}

export function judgeOnly(distManifest) {
  return (entries) => {
    const needed = filesOf('judge.html', JSON.parse(readFileSync(distManifest, 'utf8')))
    const always = /^(icons\/|favicon|judge\.webmanifest)/
    return { manifest: entries.filter((e) => needed.has(e.url) || always.test(e.url)), warnings: [] }
  }
}
