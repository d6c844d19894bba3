/** Which signals of a recording are shown: those one has chosen, and those that the chosen verdict is about. Pure. */

import type { Recording, Verdict } from '../wire'

export interface Shown {
  names: string[]
  /** Of them, those that are there for the chosen verdict only. */
  lent: string[]
}
type Recorded = Recording['signals']
const drawn = (recorded: Recorded) => recorded.filter((signal) => signal.kind !== 'text')

/** What moves tells most: measured signals before switches. */
export function firstSignals(recorded: Recorded): Shown {
  const rank = { real: 0, integer: 1, bool: 2, text: 3 }
  return { names: drawn(recorded).sort((a, b) => rank[a.kind] - rank[b.kind]).slice(0, 4).map((signal) => signal.name), lent: [] }
}

export const everySignal = (recorded: Recorded): Shown => ({ names: drawn(recorded).map((signal) => signal.name), lent: [] })

/** Those whose samples are its evidence; where there are none, because data were missing, those that its rule names. */
export function signalsOf(verdict: Pick<Verdict, 'evidence'>, recorded: Recorded, rule?: unknown): string[] {
  const names = drawn(recorded).map((signal) => signal.name)
  const sampled = new Set(verdict.evidence.samples.map((sample) => sample.signal))
  if (names.some((name) => sampled.has(name))) return names.filter((name) => sampled.has(name))
  const named = new Set(JSON.stringify(rule ?? '').match(/[A-Za-z][A-Za-z0-9_]*/g))
  return names.filter((name) => named.has(name))
}

/** What was lent to the verdict before goes; what this one needs comes on top, where its pins are. */
export function lend({ names, lent }: Shown, needed: readonly string[]): Shown {
  const kept = names.filter((name) => !lent.includes(name) || needed.includes(name))
  const added = needed.filter((name) => !kept.includes(name))
  return { names: [...added, ...kept], lent: [...added, ...lent.filter((name) => needed.includes(name))] }
}

export function toggled({ names, lent }: Shown, name: string): Shown {
  return {
    names: names.includes(name) ? names.filter((each) => each !== name) : [...names, name],
    lent: lent.filter((each) => each !== name),
  }
}
