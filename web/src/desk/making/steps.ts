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
  /** Where the rule set lets people apply: whether anybody has said when. */
  registration?: 'unset' | 'set' | undefined
  /** Where the rule set declares a draw: whether lots are drawn. */
  draw?: 'open' | 'drawn' | undefined
}
export type StepName = 'competitors' | 'judges' | 'passwords' | 'roles' | 'gateways' | 'registration' | 'draw' | 'letters' | 'open' | 'theory'
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
  const inTurn = facts.entries > 0 ? 'todo' : 'later'
  const before: Step[] = [
    ...(facts.registration ? [{ name: 'registration' as const, state: facts.registration === 'set' ? ('done' as const) : ('todo' as const), n: 0 }] : []),
    counted('competitors', facts.entries),
    counted('judges', facts.judges),
    passwords,
    counted('roles', facts.chiefs),
    ...(facts.watched ? [counted('gateways', facts.gateways, facts.venues)] : []),
    ...(facts.draw ? [{ name: 'draw' as const, state: facts.draw === 'drawn' ? ('done' as const) : inTurn, n: 0 } satisfies Step] : []),
    // Whether they were printed is nobody's to know; with a draw they wait for their numbers.
    { name: 'letters', state: facts.draw === 'open' ? 'later' : inTurn, n: 0 },
  ]
  const ready = facts.entries > 0 && (facts.judges ?? 1) > 0
  return [...before, { name: 'open', state: ready ? 'todo' : 'later', n: 0 }, ...(facts.papers > 0 ? [{ name: 'theory' as const, state: 'later' as const, n: facts.papers }] : [])]
}
