/** What the hall sends to the desk. The shapes are those of the hall's OpenAPI document. */

import type { Text } from '@shared/text'
import type { ContestState, ListedState } from '@shared/live/wire'

export interface ContestListed {
  id: string
  name: Text
  state: ListedState
  starts_at: string | null
  entries: number
  venues: number
  /** Why a damaged contest can't be opened; told to staff only. */
  reason?: Text | null
}

export interface Part {
  code: string
  name: Text
  max: string
}
export interface ContestShown {
  id: string
  name: Text
  state: ContestState
  starts_at: string | null
  started_at: string | null
  ends_at: string | null
  /** When the hall stops the public board by itself, as long as it still will. */
  freezes_at: string | null
  freeze_before_end_ms: number | null
  state_since: string | null
  /** Whether numbers are shown as things stand. */
  blind: boolean
  /** When names are shown. */
  disclosure: 'named' | 'named_when_final' | 'numbers'
  scheme_id: string
  scheme_version: number
  scheme_hash: string
  max: string
  aspects: number
  entries: number
  modules: Part[]
  abilities: Part[]
  groups: { code: string; name: Text }[]
  venues: { id: string; name: Text; stations: number }[]
  teams: { id: string; name: Text }[]
}

export interface EntryRow {
  /** Null while the draw is sealed, like the number. */
  id: string | null
  no: string | null
  person: string
  name: string
  organisation_name: Text
  group: string
  venue_name: Text
  team_name: Text | null
}

export interface JudgeRow {
  account: string
  name: string
  organisation_name: Text
  venue_name: Text
  /** Empty for all. */
  modules: string[]
  /** While he is excused. */
  excused: { reason: string; at_ms: number } | null
  /** Marks that he owes to runs that have begun. */
  owing: number
}

export interface Evidence {
  /** Source time in ns. */
  from: number
  to: number
  samples: { signal: string; at: number; value: unknown }[]
  sentence: Text
}
export interface Verdict {
  id: string
  run: string
  entry_no: string
  rule: string
  aspect: string
  outcome: 'met' | 'missed' | 'undecided'
  marks: string
  /** `by_hand`: a judge's mark stands in its place. `amended`: samples that came late showed that it does not hold. */
  standing: 'counted' | 'waiting' | 'rejected' | 'shadow' | 'by_hand' | 'amended'
  waits: boolean
  at_ms: number
  evidence: Evidence
  reason: string | null
  /** By the chief judge, after it had counted. */
  taken_back?: boolean
  /** Why the referee found or withdrew it only when its time was judged again. */
  because?: Text | null
}

export type SignalKind = 'bool' | 'integer' | 'real' | 'text'
export interface Recording {
  run: string
  station: string
  entry_no: string
  module: string
  state: 'open' | 'stopped' | 'closed'
  from: string
  /** Null while it goes on. */
  to: string | null
  verdicts: number
  signals: { name: string; kind: SignalKind; unit: string }[]
}
export interface Series {
  name: string
  kind: SignalKind
  unit: string
  points: [at_ms: number, min: number, max: number][]
}
export interface Plot {
  run: string
  from: string
  to: string
  series: Series[]
}

export interface SchemeAspect {
  code: string
  name: Text
  type: string
  /** Where its criterion is divided: the part it stands in. */
  sub_criterion?: string | null
  max: string
  abilities: string[]
  policy?: string | null
  how?: Record<string, unknown> & { kind: string }
}
export interface SchemePart {
  code: string
  name: Text
  max: string
}
export interface SchemeCriterion {
  code: string
  name: Text
  max?: string
  /** Null where it isn't divided; `aspects` are all of them in any case. */
  sub_criteria?: SchemePart[] | null
  aspects: SchemeAspect[]
}
export interface SchemeShown {
  id: string
  version: number
  hash?: string
  title: Text
  max: string
  abilities: { code: string; name: Text; max?: string }[]
  groups: { code: string; name: Text }[]
  modules: { code: string; name: Text; max: string; minutes?: number | null; criteria: SchemeCriterion[] }[]
  signals: { name: string; kind?: string; type?: string; unit?: string | null; stale_after_ms?: number | null }[]
  rules: (Record<string, unknown> & { id: string; aspect: string; says?: Text })[]
}

export const ORGANISATION_KINDS = ['federation', 'enterprise', 'department', 'region'] as const
export interface Organisation {
  id: string
  parent: string | null
  kind: (typeof ORGANISATION_KINDS)[number]
  name: Text
  path: string
}
export interface Person {
  id: string
  name: string
  organisation: string
  organisation_name: Text
  phone: string | null
}
export type Scope = { kind: 'hall' } | { kind: 'organisation'; organisation: string } | { kind: 'contest'; contest: string } | { kind: 'venue'; contest: string; venue: string }
export interface Grant {
  role: string
  scope: Scope
}
export interface Account {
  id: string
  person: string
  name: string
  login: string
  created_at: string
  has_password: boolean
  disabled_at: string | null
  roles: Grant[]
}

/** The answer to an Excel file: checked, or taken. */
export interface Checked {
  rows: number
  /** Rows without a fault. */
  valid: number
  committed: boolean
  problems: { row: number; column: string; detail: Text }[]
  /** Columns that nothing was read from. */
  passed_over: { column: string; heading: string }[]
  /** Where to send the same file to get it back with its problems beside the rows. */
  annotated: string | null
  /** The first rows as they were read, by column code. */
  preview: { row: number; cells: Record<string, string> }[]
}
