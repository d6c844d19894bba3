/** What a competitor is shown of his runs. Pure. */
import type { Schemas } from '@shared/api/client'

export type Mine = Schemas['MyRuns']
export type MyRun = Schemas['MyRun']
export type MyAppeal = Schemas['AppealSeen']
export type MayAppeal = Schemas['MayAppeal']

const ORDER: Record<string, number> = { open: 0, stopped: 1, waiting: 2, closed: 3 }

/** The run he is in; before the first the next, after the last the last. */
export function currentRun(runs: readonly MyRun[]): MyRun | undefined {
  const under = runs.find((run) => run.state === 'open') ?? runs.find((run) => run.state === 'stopped')
  return under ?? runs.find((run) => run.state === 'waiting') ?? runs.at(-1)
}

export function others(runs: readonly MyRun[], current: MyRun | undefined): MyRun[] {
  return runs.filter((run) => run !== current).sort((a, b) => (ORDER[a.state] ?? 9) - (ORDER[b.state] ?? 9))
}

/** When this was last asked for, or null. */
export function askedAt(run: MyRun, checkpoint: string | null | undefined): number | null {
  return run.requests.filter((request) => (request.checkpoint ?? null) === (checkpoint ?? null)).at(-1)?.at_ms ?? null
}
