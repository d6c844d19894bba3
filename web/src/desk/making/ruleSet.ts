/** What a rule set's text gives, found even where the text has faults. Pure. */

import { coded, named, part, type Named } from '../editor/names'
import { withoutComment } from '../editor/place'

/** The prizes that it declares, in its order, each once. */
export function prizesIn(source: string): Named[] {
  const prizes = coded(part(source.split('\n').map(withoutComment), 'prizes'), 'code').map(named).filter((each) => each.zh !== '' || each.en !== '')
  return prizes.filter((each, at) => prizes.findIndex((other) => other.code === each.code) === at)
}

/** What it publishes, `names` or `numbers`; null where it doesn't say. */
export function showsIn(source: string): 'names' | 'numbers' | null {
  const lines = source.split('\n').map(withoutComment)
  const head = lines.find((line) => line.startsWith('publication:')) ?? ''
  const shows = /\bshows:\s*["']?(names|numbers)\b/.exec(`${head}\n${part(lines, 'publication')}`)?.[1]
  return shows === 'names' || shows === 'numbers' ? shows : null
}

/** The words that say what the rule set makes of the choice between numbers and names; none where the choice says it all. */
export function disclosureNote(blind: boolean, ruleSet: string | null): string | null {
  if (ruleSet === null) return blind ? 'desk.disclosure_note.noRuleSet' : null
  const shows = showsIn(ruleSet)
  if (shows === 'numbers') return blind ? 'desk.disclosure_note.numbers' : 'desk.disclosure_note.numbersOverNames'
  return shows === 'names' && blind ? 'desk.disclosure_note.whenFinal' : null
}
