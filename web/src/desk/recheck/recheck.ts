/** How entries stand in a recheck, and what was typed as found. Pure. */
import type { Schemas } from '@shared/api/client'
import { parseMark } from '@shared/marks'

export type Entry = Schemas['RecheckEntry']
export type Stand = 'left' | 'wrong' | 'right' | 'spared'

export function standOf(entry: Entry): Stand {
  if (entry.done) return entry.done.differences.some((each) => each.is_wrong) ? 'wrong' : 'right'
  return entry.is_wanted ? 'left' : 'spared'
}

export interface Typed {
  found: string
  reason: string
}
export interface Difference {
  aspect: string
  found: string
  reason: string
}

/** What differs from the marks as they stand, and the aspects where something is amiss: no mark, too large a one, no reason. */
export function differencesOf(aspects: readonly { code: string; mark?: string | null; max: string }[], typed: Readonly<Record<string, Typed>>): { differences: Difference[]; faults: string[] } {
  const [differences, faults]: [Difference[], string[]] = [[], []]
  for (const { code, mark, max } of aspects) {
    const found = typed[code]?.found.trim() ?? ''
    if (found === '') continue
    const value = parseMark(found)
    if (value !== null && mark && value === parseMark(mark)) continue
    const reason = typed[code]?.reason.trim() ?? ''
    if (value === null || value < 0 || value > (parseMark(max) ?? 0) || reason === '') faults.push(code)
    differences.push({ aspect: code, found, reason })
  }
  return { differences, faults }
}
