// What a contest can be made with, as the fixture tells it: the texts of the catalogue, read by nobody but for a word or two.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CATALOGUE = process.env.CATALOGUE ?? fileURLToPath(new URL('../../../catalogue/contests', import.meta.url))
const T = (zh, en) => ({ zh, en })
const list = (folder) => {
  try {
    return readdirSync(join(CATALOGUE, folder))
  } catch {
    return []
  }
}
const head = (source) => ({
  id: /^id: (.*)$/m.exec(source)?.[1] ?? '', version: Number(/^version: (\d+)$/m.exec(source)?.[1] ?? 0),
  title: T(/^title: \{zh: ([^,]*),/m.exec(source)?.[1] ?? '', /^title: .*en: ([^}]*)\}/m.exec(source)?.[1] ?? ''),
})
const read = (path) => readFileSync(join(CATALOGUE, path), 'utf8')

export const schemes = list('.').filter((name) => list(name).includes('scheme.yaml')).map((name) => {
  const source = read(`${name}/scheme.yaml`)
  return { name, source, summary: { ...head(source), max: '100.00', modules: [{ code: 'A', name: T('机械安装与调整', 'Mechanical assembly') }, { code: 'B', name: T('电气连接', 'Electrical connection') }], groups: [T('职工组', 'Workers')], aspects: 40, automatic: 12, theory: 1 } }
})
export const ruleSets = list('rule-sets').map((file) => {
  const source = read(`rule-sets/${file}`)
  return { name: file.replace('.yaml', ''), ...head(source), source, hash: 'b3:5d0e77' }
})

/** A line that begins with `versoin` or `share_maxx` is a mistyped key. */
function faults(text) {
  return text.split('\n').flatMap((line, at) => {
    const word = /\b(versoin|signatres)\b/.exec(line)
    const meant = { versoin: 'version', signatres: 'signatures' }[word?.[1]]
    return word ? [{ line: at + 1, column: word.index + 1, path: word[1], severity: 'error', detail: T(`没有 \`${word[1]}\` 这个字段`, `There is no field \`${word[1]}\``), advice: T(`是不是要写 \`${meant}\`？`, `Was \`${meant}\` meant?`), suggestion: meant }] : []
  })
}
export function checked(text, summary) {
  const found = faults(text)
  return { summary: found.length || !/^format:/m.test(text) ? null : summary(head(text)), faults: found.length || /^format:/m.test(text) ? found : [{ line: 1, column: 1, path: '', severity: 'error', detail: T('缺少 `format`', '`format` is missing'), advice: T('第一行写明格式', 'Name the format on the first line'), suggestion: null }] }
}
export const withTheory = (fault) => [{ line: 1, column: 1, path: 'theory.share_max', severity: 'warning', detail: T('评分方案的理论占 20%，未超过上限 30%', 'Theory is 20 % of the scheme, within the limit of 30 %'), advice: T('', ''), suggestion: null }, ...fault]
