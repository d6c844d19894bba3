/** Who may mark by hand what the referee could not decide, as the hall says it. Pure. */

import type { Cause } from './causes'

export interface Hands {
  aspects: string[]
  /** Nobody on the panel may where it is empty. */
  names: string[]
}
export interface Whose {
  /** Aspects with the same judges stand together, in the cause's order; one at least. */
  hands: Hands[]
  /** Everybody of them. */
  names: string[]
  /** This account is among them: its sheet can be opened from here. */
  mine: boolean
}

export function whoseIs(cause: Pick<Cause, 'aspects' | 'verdicts'>, account: string | undefined): Whose {
  const judges = new Map<string, string>()
  const hands = new Map<string, Hands>()
  for (const aspect of cause.aspects) {
    const may = new Map(cause.verdicts.filter((verdict) => verdict.aspect === aspect).flatMap((verdict) => verdict.by_hand))
    may.forEach((name, id) => judges.set(id, name))
    const key = [...may.keys()].join(' ')
    const same = hands.get(key)
    if (same) same.aspects.push(aspect)
    else hands.set(key, { aspects: [aspect], names: [...may.values()] })
  }
  return { hands: [...hands.values()], names: [...judges.values()], mine: account !== undefined && judges.has(account) }
}

/** The tablet's sheet of a run. */
export const sheetAddress = (contest: string, run: string) => `/judge/contests/${encodeURIComponent(contest)}/runs/${encodeURIComponent(run)}`
