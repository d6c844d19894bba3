/** Undecided verdicts of one cause, put together: a signal that was gone leaves a verdict undecided each time a rule would have looked. Pure. */

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
  /** The oldest first, two at least. */
  verdicts: Waiting[]
}
export type Queued = { kind: 'verdict'; id: string; verdict: Waiting } | { kind: 'cause'; id: string; cause: Cause }

const unique = (items: readonly string[]) => [...new Set(items)]
const byName = new Intl.Collator('en', { numeric: true }).compare

/** What waits, the oldest first. Undecided verdicts of one run and one rule, or of the same unknown signals, stand as one. */
export function queueOf(verdicts: readonly Waiting[]): Queued[] {
  const inOrder = [...verdicts].sort((a, b) => a.at - b.at)
  const causes: { keys: Set<string>; verdicts: Waiting[] }[] = []
  for (const verdict of inOrder.filter(({ outcome }) => outcome === 'undecided')) {
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
  const causeOf = new Map<string, Waiting[]>()
  for (const cause of causes) if (cause.verdicts.length > 1) for (const { id } of cause.verdicts) causeOf.set(id, cause.verdicts)
  const queue: Queued[] = []
  const told = new Set<Waiting[]>()
  for (const verdict of inOrder) {
    const together = causeOf.get(verdict.id)
    if (!together) queue.push({ kind: 'verdict', id: verdict.id, verdict })
    else if (!told.has(together)) {
      told.add(together)
      const cause = causeFrom(together)
      queue.push({ kind: 'cause', id: cause.id, cause })
    }
  }
  return queue
}

function causeFrom(verdicts: readonly Waiting[]): Cause {
  const inOrder = [...verdicts].sort((a, b) => a.at - b.at)
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

/** Aspects of runs whose undecided verdicts stand in the queue: their alarm would say the same once more. */
export const undecidedAt = (verdicts: readonly Waiting[]): ReadonlySet<string> => new Set(verdicts.filter(({ outcome }) => outcome === 'undecided').map(({ run, aspect }) => `${run}/${aspect}`))

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
