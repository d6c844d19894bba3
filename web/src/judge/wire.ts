/** What the hall sends to a judge's tablet and takes from it. The shapes are those of `docs/api-design.md`. */

import type { Text as Words } from '@shared/text'

export type RunState = 'waiting' | 'open' | 'stopped' | 'closed'

export type MarkValue =
  | { kind: 'level'; level: number }
  | { kind: 'marks'; marks: string }
  | { kind: 'yes_no'; yes: boolean }
  | { kind: 'measured'; value: string }
  | { kind: 'steps'; met: string[] }
  | { kind: 'deductions'; counts: Record<string, number> }

export interface Part {
  code: string
  name: Words
  marks: string
}

export type How =
  | { kind: 'levels'; levels: Words[]; judges: number; spread_max: number }
  | { kind: 'panel'; judges: number; drop_extremes: boolean; step: string }
  | { kind: 'yes_no' }
  | { kind: 'steps'; steps: Part[] }
  | { kind: 'deductions'; deductions: Part[] }
  | { kind: 'tolerance'; unit: string; target: string; full: string; zero: string }
  | { kind: 'automatic'; rules: unknown[] }
  | { kind: 'imported' }

export interface Round {
  round: number
  reason: Words | null
  open: boolean
}

export interface GivenBefore {
  id: string
  value: MarkValue
  given: string
  note: string | null
  round: number
}

export interface SheetVerdict {
  id: string
  rule: string
  outcome: 'met' | 'missed' | 'undecided'
  /** Signed. */
  marks: string
  /** `by_hand`: a judge's mark stands in its place. `amended`: samples that came late showed that it does not hold. */
  standing: 'counted' | 'waiting' | 'rejected' | 'shadow' | 'by_hand' | 'amended'
  /** By the chief judge, after it had counted. */
  taken_back?: boolean
  /** Whether a person must look at it. */
  waits: boolean
  at_ms: number
  evidence: { sentence: Words }
  /** Why the referee found or withdrew it only when its time was judged again. */
  because?: Words | null
}

export interface SheetAspect {
  code: string
  name: Words
  criterion: { code: string; name: Words }
  type: 'measurement' | 'judgement' | 'automatic' | 'theory'
  max: string
  abilities: string[]
  how: How
  /** Whether this judge is to mark it. */
  assigned: boolean
  round: number
  rounds: Round[]
  mine: GivenBefore | null
  /** This judge's marks in earlier rounds. */
  before: GivenBefore[]
  mark: string | null
  state: 'waiting' | 'partly' | 'marked' | 'needs_round' | 'undecided' | 'to_confirm'
  policy: 'automatic' | 'confirm' | 'shadow' | 'off' | null
  verdicts: SheetVerdict[]
  /** By a recheck or on appeal, oldest first; absent on a sheet that was kept before there were any. */
  corrections?: { marks: string; was?: string | null; because: { kind: 'recheck' | 'appeal' }; reason: string; by: string; at_ms: number }[]
}

/** What "please judge" may ask for; null is everything at once. */
export interface Ask {
  checkpoint: string | null
  judged: Words[]
}
export interface Asked {
  checkpoint: string | null
  at_ms: number
}

export interface Sheet {
  run: string
  entry_no: string
  station: string
  module: { code: string; name: Words }
  state: RunState
  elapsed_ms: number
  running_total: string
  max: string
  asks: Ask[]
  requests: Asked[]
  aspects: SheetAspect[]
}

/** A reported problem, as `GET /api/contests/{contest}/problems` lists it. */
export interface Reported {
  problem: number
  run: string
  entry_no: string
  station: string
  aspect: string | null
  text: string
  at_ms: number
  mine: boolean
  by: string | null
  settled: { answer: string; by: string; at_ms: number } | null
}

/** One mark of a batch, as `POST /api/contests/{contest}/marks` takes it. */
export interface MarkSent {
  id: string
  run: string
  aspect: string
  round: number
  value: MarkValue
  note: string | null
  replaces: string | null
  reason: string | null
  at: string
}

export interface Accepted {
  id: string
  aspect: string
  given: string
  position: number
}
