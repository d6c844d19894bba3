/** What is true of an aspect that the referee judges, in one sentence: what it has judged, who is waited for, what counts. Pure. */

import type { SheetVerdict } from '../wire'
import type { Line } from './line'

export interface Said {
  /** A word of `judge.referee`. */
  says: string
  places: { n: number; k: number; mark: string; max: string }
  /** `hand`: this judge is asked. `other`: another judge is, or the chief judge. `done`: nobody is waited for. */
  for: 'hand' | 'other' | 'done' | 'nobody'
}

const decided = (verdict: SheetVerdict) => verdict.outcome !== 'undecided'
const counts = (verdict: SheetVerdict) => verdict.standing === 'counted' && decided(verdict)

export function refereeSays({ aspect, asked, standing }: Pick<Line, 'aspect' | 'asked' | 'standing'>, over: boolean): Said {
  const { mark, policy, state } = aspect
  const verdicts = aspect.verdicts.filter((verdict) => verdict.standing !== 'amended')
  const said = (says: string, whom: Said['for'], n = 0, k = 0): Said => ({ says, for: whom, places: { n, k, mark: mark ?? '–', max: aspect.max } })
  const many = (which: (verdict: SheetVerdict) => boolean) => verdicts.filter(which).length

  if (policy === 'shadow' || policy === 'off') {
    if (standing) return said(`${policy}Mine`, 'done', verdicts.length)
    if (mark !== null) return said(`${policy}Others`, 'done', verdicts.length)
    return said(asked ? `${policy}Asked` : policy, asked ? 'hand' : 'other', verdicts.length)
  }
  if (standing) return said('byHandMine', 'done', verdicts.length)
  if (verdicts.some((verdict) => verdict.standing === 'by_hand')) return said('byHand', 'done', verdicts.length)
  const waiting = many((verdict) => verdict.waits && decided(verdict))
  if (state === 'undecided') return said(asked ? 'undecidedAsked' : 'undecided', asked ? 'hand' : 'other', verdicts.length, many((verdict) => verdict.waits && !decided(verdict)))
  if (state === 'to_confirm') return said(mark === null ? 'toConfirm' : 'toConfirmSoFar', 'other', verdicts.length, waiting)
  // Samples that came late have withdrawn all that it had judged.
  if (verdicts.length === 0 && aspect.verdicts.length > 0) return mark === null ? said('watchesOn', 'nobody') : said(over ? 'noneStands' : 'noneStandsSoFar', over ? 'done' : 'nobody')
  if (verdicts.length === 0) return mark === null ? said('watches', 'nobody') : said(over ? 'none' : 'noneSoFar', over ? 'done' : 'nobody')
  const counted = many(counts)
  if (mark === null) return said('noneCounts', 'nobody', verdicts.length)
  return said(over ? 'judged' : 'judgedSoFar', over ? 'done' : 'nobody', verdicts.length, counted)
}

/** How one verdict stands, as a word of `judge.standing`. */
export const standingOf = (verdict: Pick<SheetVerdict, 'waits' | 'outcome' | 'standing' | 'taken_back'>) =>
  verdict.waits ? (verdict.outcome === 'undecided' ? 'undecided' : 'waiting') : verdict.taken_back ? 'taken_back' : verdict.standing
