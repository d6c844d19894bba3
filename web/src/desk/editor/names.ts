/** What a scheme's text declares, found even where the text has faults: so that what was just written can be completed. Pure. */

import { withoutComment } from './place'

export interface Named {
  code: string
  /** Its name in each language, where it has one. */
  zh: string
  en: string
}
export interface Names {
  signals: { name: string; type: string; unit: string }[]
  phases: string[]
  rules: Named[]
  aspects: Named[]
  modules: Named[]
  abilities: Named[]
}

/** The lines below a key of the first level. */
export function part(lines: readonly string[], key: string): string {
  const from = lines.findIndex((line) => line.startsWith(`${key}:`))
  if (from < 0) return ''
  let to = from + 1
  while (to < lines.length && !/^[^\s#-]/.test(lines[to] as string)) to += 1
  return lines.slice(from + 1, to).join('\n')
}

const word = (text: string, key: string) => new RegExp(`\\b${key}:\\s*(?:"([^"]*)"|'([^']*)'|([^,}\\n]*))`).exec(text)?.slice(1).find((each) => each !== undefined)?.trim() ?? ''

/** Everything with a `code:` (or `id:`) of its own, each with the text up to the next one. */
export function coded(text: string, key: string): { code: string; text: string }[] {
  const found = [...text.matchAll(new RegExp(`(?:^|[\\s{])${key}:\\s*["']?([^\\s,}"']+)`, 'gm'))]
  return found.map((each, at) => ({ code: each[1] as string, text: text.slice((each.index ?? 0) + each[0].length, found[at + 1]?.index) }))
}
export const named = ({ code, text }: { code: string; text: string }): Named => ({ code, zh: word(text, 'zh'), en: word(text, 'en') })

export function namesIn(text: string): Names {
  const lines = text.split('\n').map(withoutComment)
  const keysOf = (key: string) => [...part(lines, key).matchAll(/^ {1,4}([A-Za-z_]\w*):(.*)$/gm)].map((each) => ({ name: each[1] as string, rest: each[2] as string }))
  const modules = coded(part(lines, 'modules'), 'code')
  return {
    signals: keysOf('signals').map(({ name, rest }) => ({ name, type: word(rest, 'type'), unit: word(rest, 'unit') })).filter((signal) => signal.type !== '' || signal.name.length > 0),
    phases: keysOf('phases').map((phase) => phase.name),
    rules: coded(part(lines, 'rules'), 'id').map(named),
    aspects: modules.filter((each) => /\btype:/.test(each.text)).map(named),
    modules: modules.filter((each) => /\b(minutes|criteria):/.test(each.text)).map(named),
    abilities: coded(part(lines, 'abilities'), 'code').map(named),
  }
}
