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
  | { kind: 'observed'; marks: string; rules: Record<string, RuleSeen> }

/** A judge's answer about one rule, in place of a sensor. */
export interface RuleSeen {
  met: number
  missed?: number
  /** Where a curve gives the marks. */
  marks?: string
}

/** What a rule asks. */
export interface RuleQuestion {
  rule: string
  says: Words
  /** Null where a curve gives the marks. */
  met: string | null
  missed: string | null
  once: boolean
  at_most: string | null
  min_total: string | null
  gate: string[]
}

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
  | { kind: 'automatic'; rules: unknown[]; /** Absent on a sheet that was kept before there were any. */ starts_at?: string; questions?: RuleQuestion[] }
  | { kind: 'imported' }

export interface Round {
  round: number
  reason: Words | null
  open: boolean
}

/** A round in which the whole panel has marked: by seat, without whose it is. */
export interface RoundOpened {
  round: number
  seats: { seat: string; value: MarkValue; given: string; mine: boolean }[]
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
  /** Null where its criterion isn't divided; absent on a sheet that was kept before any was. */
  sub_criterion?: { code: string; name: Words; max: string } | null
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
  /** Absent on a sheet that was kept before there was any. */
  panel?: RoundOpened[]
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
  /** Why there is no equipment here, so that what a sensor would have said is entered by hand. */
  by_hand?: string | null
  running_total: string
  max: string
  asks: Ask[]
  requests: Asked[]
  /** Another tablet of this judge shows the sheet as well. */
  open_elsewhere?: boolean
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

/** A photograph of a run, as `GET …/runs/{run}/photos` lists it to a judge: his own. */
export interface PhotoSeen {
  id: string
  run: string
  aspect: string | null
  of: 'mark' | 'problem'
  at_ms: number
  width: number
  height: number
  bytes: number
  mine: boolean
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
