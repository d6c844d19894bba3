/**
 * What waits for a person, in two lists: what can be confirmed, and what the referee could not decide. A signal that was gone leaves a
 * verdict undecided each time a rule would have looked, so those stand by their causes. Pure.
 */

import { HallProblem } from '@shared/api/http'
import type { WaitingVerdict } from '@shared/live/wire'

export type Waiting = WaitingVerdict & { id: string }
export interface Cause {
  /** The same while some of its verdicts are decided. */
  id: string
  run: string
  no: string
  /** Which of them a judge is to mark by hand. */
  aspects: string[]
  rules: string[]
  /** Signals of which not all was known; empty where none was. */
  unknown: string[]
  /** The oldest first, one at least. */
  verdicts: Waiting[]
}

const unique = (items: readonly string[]) => [...new Set(items)]
const byName = new Intl.Collator('en', { numeric: true }).compare

const isUndecided = ({ outcome }: Waiting) => outcome === 'undecided'
const oldestFirst = (verdicts: readonly Waiting[]) => [...verdicts].sort((a, b) => a.at - b.at)

/** What the chief judge confirms or rejects, the oldest first. */
export const toConfirm = (verdicts: readonly Waiting[]): Waiting[] => oldestFirst(verdicts).filter((verdict) => !isUndecided(verdict))
/** What a judge marks by hand. */
export const undecided = (verdicts: readonly Waiting[]): Waiting[] => oldestFirst(verdicts).filter(isUndecided)

/** The undecided by their causes, the oldest first. Those of one run and one rule, or of the same unknown signals, stand as one. */
export function causesOf(verdicts: readonly Waiting[]): Cause[] {
  const causes: { keys: Set<string>; verdicts: Waiting[] }[] = []
  for (const verdict of undecided(verdicts)) {
    const signals = verdict.unknown.join(' ')
    const keys = [`${verdict.run} rule ${verdict.rule}`, ...(signals ? [`${verdict.run} signals ${signals}`] : [])]
    // One verdict may show that two causes are the same.
    const same = causes.filter((cause) => keys.some((key) => cause.keys.has(key)))
    const into = same[0] ?? { keys: new Set<string>(), verdicts: [] }
    if (same.length === 0) causes.push(into)
    for (const other of same.slice(1)) {
      other.keys.forEach((key) => into.keys.add(key))
      into.verdicts.push(...other.verdicts)
      causes.splice(causes.indexOf(other), 1)
    }
    keys.forEach((key) => into.keys.add(key))
    into.verdicts.push(verdict)
  }
  return causes.map((cause) => causeFrom(cause.verdicts)).sort((a, b) => (a.verdicts[0]?.at ?? 0) - (b.verdicts[0]?.at ?? 0))
}

function causeFrom(verdicts: readonly Waiting[]): Cause {
  const inOrder = oldestFirst(verdicts)
  const [first] = inOrder as [Waiting, ...Waiting[]]
  const rules = unique(inOrder.map(({ rule }) => rule)).sort(byName)
  return {
    id: `${first.run}/${rules[0]}`,
    run: first.run,
    no: first.no,
    aspects: unique(inOrder.map(({ aspect }) => aspect)).sort(byName),
    rules,
    unknown: unique(inOrder.flatMap(({ unknown }) => unknown)).sort(byName),
    verdicts: inOrder,
  }
}

/** Aspects of runs whose undecided verdicts are listed: their alarm would say the same once more. */
export const undecidedAt = (verdicts: readonly Waiting[]): ReadonlySet<string> => new Set(verdicts.filter(isUndecided).map(({ run, aspect }) => `${run}/${aspect}`))

/** One after the other; one that somebody has decided meanwhile is passed over. How many were. */
export async function forEach(ids: readonly string[], decide: (id: string) => Promise<unknown>): Promise<number> {
  let passed = 0
  for (const id of ids) {
    try {
      await decide(id)
    } catch (fault) {
      if (!(fault instanceof HallProblem && fault.code === 'verdict_decided')) throw fault
      passed += 1
    }
  }
  return passed
}
