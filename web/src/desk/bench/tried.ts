/** What other rules would change, as the bench shows it. Pure. */

import { parseMark } from '@shared/marks'
import type { Pin } from '../recordings/plot'
import type { EntryTried, RunTried, VerdictTried } from './wire'

export const hundredths = (mark: string) => parseMark(mark) ?? 0
export const deltaOf = (row: { before: string; after: string }) => hundredths(row.after) - hundredths(row.before)

/** With its sign, always: `+0.60`, `−1.00`, `±0`. */
export function signed(value: number): string {
  if (value === 0) return '±0'
  const whole = Math.abs(value)
  return `${value > 0 ? '+' : '−'}${Math.trunc(whole / 100)}.${String(whole % 100).padStart(2, '0')}`
}

/** Those with the greatest change first; of equal ones in the order of their numbers. */
export const byChange = <Row extends { before: string; after: string; entry_no: string }>(rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => Math.abs(deltaOf(b)) - Math.abs(deltaOf(a)) || a.entry_no.localeCompare(b.entry_no, 'en', { numeric: true }))

export interface Turned {
  same: number
  new: number
  gone: number
  other: number
}
export function turned(runs: readonly RunTried[]): Turned {
  const all: Turned = { same: 0, new: 0, gone: 0, other: 0 }
  for (const run of runs) for (const verdict of run.verdicts) all[verdict.change] += 1
  return all
}
export const turnedIn = (run: RunTried) => run.verdicts.filter((verdict) => verdict.change !== 'same').length
export const touched = (run: RunTried) => deltaOf(run) !== 0 || turnedIn(run) > 0

/** Judged by rules before those in force: what differs there includes what changed between the versions. */
export const older = (run: Pick<RunTried, 'version'>, inForce: number) => run.version < inForce

/** Nobody's rank got better or worse: a rank is better the smaller it is. */
export const rankMoved = (row: EntryTried) => (row.rank_before === null || row.rank_after === null ? 0 : row.rank_before - row.rank_after)

/** Verdicts that nobody has stored have no ids: rule, instant and how many of them came before make one. */
export function pinsOf(run: RunTried): Pin[] {
  const seen = new Map<string, number>()
  return run.verdicts.map((verdict: VerdictTried) => {
    const name = `${verdict.rule}@${verdict.event_at}${verdict.change === 'gone' ? '-' : ''}`
    const n = seen.get(name) ?? 0
    seen.set(name, n + 1)
    return {
      id: n === 0 ? name : `${name}#${n}`,
      at_ms: Math.floor(verdict.event_at / 1e6),
      rule: verdict.rule,
      aspect: verdict.aspect,
      outcome: verdict.outcome,
      marks: verdict.marks,
      evidence: { from: verdict.from, to: verdict.to, samples: verdict.samples, sentence: verdict.sentence },
      change: verdict.change,
      was: verdict.was,
    }
  })
}
