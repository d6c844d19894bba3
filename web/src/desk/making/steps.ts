/** What a contest still needs before it opens, in the order in which it is done. Pure. */

export interface StepFacts {
  entries: number
  /** Undefined while it isn't known, or not for this person to know. */
  judges?: number | undefined
  judgesWithoutPassword?: number | undefined
  chiefs?: number | undefined
  gateways?: number | undefined
  venues: number
  /** Whether anything in the scheme is marked from the equipment's data. */
  watched: boolean
  papers: number
}
export type StepName = 'competitors' | 'judges' | 'passwords' | 'roles' | 'gateways' | 'open' | 'theory'
export interface Step {
  name: StepName
  /** `later`: it can only be done after another. */
  state: 'done' | 'todo' | 'later' | 'unknown'
  /** How many are there, or still missing. */
  n: number
}

const counted = (name: StepName, n: number | undefined, enough = 1): Step => ({ name, state: n === undefined ? 'unknown' : n >= enough ? 'done' : 'todo', n: n ?? 0 })

export function nextSteps(facts: StepFacts): Step[] {
  const passwords: Step =
    facts.judgesWithoutPassword === undefined || !facts.judges
      ? { name: 'passwords', state: facts.judges === 0 ? 'later' : 'unknown', n: 0 }
      : { name: 'passwords', state: facts.judgesWithoutPassword === 0 ? 'done' : 'todo', n: facts.judgesWithoutPassword }
  const before = [
    counted('competitors', facts.entries),
    counted('judges', facts.judges),
    passwords,
    counted('roles', facts.chiefs),
    ...(facts.watched ? [counted('gateways', facts.gateways, facts.venues)] : []),
  ]
  const ready = facts.entries > 0 && (facts.judges ?? 1) > 0
  return [...before, { name: 'open', state: ready ? 'todo' : 'later', n: 0 }, ...(facts.papers > 0 ? [{ name: 'theory' as const, state: 'later' as const, n: facts.papers }] : [])]
}
