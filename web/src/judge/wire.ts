/** What the hall sends to a judge's tablet and takes from it. The shapes are those of `docs/api-design.md`. */

import type { Text as Words } from '@shared/text'

export type RunState = 'waiting' | 'open' | 'stopped' | 'closed'

export interface Station {
  id: string
  name?: string | Words | null
  venue?: string | null
  run: RunRow | null
}

export interface RunRow {
  id: string
  entry_no: string
  station: string
  module: string | { code: string; name: Words }
  state: RunState
  elapsed_ms: number
  opened_at?: string | null
}

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
  rule?: string
  at?: number | string
  outcome: 'met' | 'missed' | 'undecided'
  state?: 'waiting' | 'confirmed' | 'rejected' | 'automatic' | 'shadow'
  marks: string | null
  sentence?: Words
  evidence?: { sentence?: Words }
}

export interface SheetAspect {
  code: string
  name: Words
  criterion: { code: string; name: Words }
  type: 'measurement' | 'judgement' | 'automatic' | 'theory'
  max: string
  abilities: string[]
  how: How
  round: number
  rounds: Round[]
  mine: GivenBefore | null
  /** Earlier rounds of this judge, where the hall sends them. */
  mine_before?: GivenBefore[]
  mark: string | null
  policy: 'automatic' | 'confirm' | 'shadow' | 'off' | null
  verdicts: SheetVerdict[]
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
  aspects: SheetAspect[]
  /** How many other tablets had this sheet open within the last minute. */
  other_tablets?: number
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
