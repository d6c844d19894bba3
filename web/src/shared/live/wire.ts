/** The values on live topics, as docs/api-design.md states them. Marks are hundredths, times ms since the epoch. */
import type { Text } from '../text'

export type ContestState = 'draft' | 'live' | 'frozen' | 'review' | 'final'
/** In a list: a contest that can't be opened is there too, and says so. */
export type ListedState = ContestState | 'damaged'

export interface ModuleHead {
  code: string
  name: Text
  max: number
}
export interface AbilityHead {
  code: string
  name: Text
  max: number
}
export interface GroupHead {
  code: string
  name: Text
}
export interface VenueHead {
  id: string
  name: Text
}
export interface TeamHead {
  id: string
  name: Text
}

export interface AspectHead {
  code: string
  name: Text
  module: string | null
  max: number
  type: string
  abilities: string[]
}

/** Key `h`. */
export interface Head {
  contest: string
  name: Text
  state: ContestState
  view: string
  modules: ModuleHead[]
  abilities: AbilityHead[]
  groups: GroupHead[]
  venues: VenueHead[]
  teams: TeamHead[]
  max: number
  aspects: number
  started_at: number | null
  /** As planned; `null` where nobody has said. */
  ends_at?: number | null
  /** When the hall stops the public board by itself, as long as it still will. */
  freezes_at?: number | null
  /** Since when it is in its state. */
  since?: number | null
  /** In the control room only: what "please judge" may ask for in each module; null is everything at once. */
  asks?: Record<string, (string | null)[]>
  /** On a competitor's topic only. */
  aspect_list?: AspectHead[]
}

/** Key `s`. */
export interface Standing {
  as_of: number
  marks: number
  verdicts: number
}

/** Key `e/{entry}`. A blind contest shows the number, an open one the name; never both, so that a number stays blind. */
export interface EntryHead {
  no: string | null
  name: Text | string | null
  org: Text | string | null
  team: string | null
  venue: string | null
  group: string | null
}

/** Key `r/{entry}` of overall, team and venue: rank, rank in the group, total, module totals, aspects done, rank a quarter of an hour ago, points on the scale. */
export type RankRow = [
  rank: number | null,
  groupRank: number | null,
  total: number,
  modules: (number | null)[],
  aspectsDone: number,
  rankBefore: number | null,
  /** On the scale of the rule set, once the result is final. */
  points?: string,
]

/** Key `r/{entry}` of an ability. */
export type AbilityRow = [rank: number | null, mark: number, aspectsDone: number]

/** Key `T/{team}`. */
export type TeamRow = [rank: number | null, total: number, members: number]

/** Key `v/{venue}`. */
export interface VenueState {
  name: Text
  state: 'open' | 'closed'
  /** `none`: no gateway, and none is waited for. */
  link: 'up' | 'down' | 'none'
  lag_ms: number | null
  backlog: number | null
  seen_at: number | null
  stations: number
  open_runs: number
  /** In the control room only: each gateway that is waited for, also one that was never heard of yet, and until when all of them have told everything. */
  gateways?: { edge: string; link: 'up' | 'down'; lag_ms: number | null; backlog: number | null; seen_at: number | null; heard: boolean }[]
  told_until?: number | null
}

/** Key `vc/{venue}` of the whole field: the clock of the run that has been going longest there. */
export type VenueClock = Pick<RunClock, 'module' | 'state' | 'elapsed_ms' | 'at' | 'added_ms'>

/** `amended`: a verdict that counted, and that samples which came late have withdrawn. */
export type TickerKind = 'mark' | 'verdict' | 'correction' | 'decision' | 'amended' | 'request'

/** Key `t/{0..19}`. */
export type TickerRow = [
  seq: number,
  at: number,
  entry: string,
  aspect: string | null,
  mark: number | null,
  max: number | null,
  kind: TickerKind,
  text: Text | null,
]

/** Key `m/{module}` of a competitor, and of a team with the mean of its competitors as the mark. */
export type ModuleSpread = [
  mark: number | null,
  max: number,
  min: number | null,
  q1: number | null,
  median: number | null,
  q3: number | null,
  top: number | null,
]

/** Key `b/{ability}` of a competitor, and of a team as above. */
export type AbilitySpread = [
  mark: number | null,
  max: number,
  q1: number | null,
  median: number | null,
  q3: number | null,
  rank: number | null,
]

export type AspectState = 'waiting' | 'marked' | 'undecided' | 'to_confirm'

/** Key `a/{aspect}` of a competitor. */
export type AspectRow = [mark: number | null, state: AspectState, reason: Text | null]

/** Key `c/{run}` of the control room. */
export interface RunClock {
  station: string
  no: string
  module: string
  state: 'waiting' | 'open' | 'stopped' | 'closed'
  elapsed_ms: number
  at: number
  added_ms: number
  /** In the control room: where the station is. */
  venue?: string | null
  /** In the control room: the order at the station. */
  turn?: number
  /** Why it was stopped. */
  reason?: string | null
  /** In the control room: there is no equipment, and judges enter by hand what it would have said. */
  by_hand?: boolean
}

/** Key `c/…` of a competitor, a team and a venue: the blind number while names must not be known, the entry otherwise. */
export type SeenClock = Omit<RunClock, 'no'> & { entry?: string | null; no: string | null }

/** Key `j/{account}` of the control room. */
export interface JudgePresence {
  name: string
  venue: string | null
  seen_at: number | null
  unsent: number
  excused?: boolean
}

/** Key `sh/{run}` of the control room. */
export interface SheetState {
  no: string
  module: string
  station: string
  expected: number
  given: number
  missing: { judge: string; count: number }[]
  /** Marks that nobody on the panel can give: it is too small. */
  unmanned: number
  /** Why it is too small, where it is. */
  short?: Text | null
}

/** Key `eq/{venue}` of the control room: where what a sensor would have said is entered by hand. */
export interface EquipmentState {
  /** What was said of the venue as a whole. */
  venue: EquipmentSaid | null
  present: boolean
  /** By their codes, stations that stand otherwise. */
  stations: Record<string, EquipmentSaid>
}
export interface EquipmentSaid {
  present: boolean
  reason: string
  by: string
  at: number
}

/** Key `rq/{run}` of the control room: what was asked for, the newest last. */
export type JudgeRequests = [checkpoint: string | null, at: number][]

/** Key `al/{run}/{aspect}` of the control room. */
export interface Alarm {
  kind: 'spread' | 'problem' | 'undecided'
  no: string
  aspect: string
  detail: Text
  at: number
  /** Of a problem: where its report stands in the log, the judge who reported it, and what was answered. */
  problem?: number
  by?: string | null
  settled?: { by: string; at: number; answer: string } | null
}

/** Key `vd/{verdict}` of the control room. */
export interface WaitingVerdict {
  run: string
  no: string
  aspect: string
  rule: string
  at: number
  marks: number
  outcome: string
  /** Signals of which not all was known. */
  unknown: string[]
  /** The judges who may mark by hand what is undecided; empty for the others, and where the panel has nobody who may. */
  by_hand: [account: string, name: string][]
  sentence: Text
}

export function elapsedNow(clock: Pick<RunClock, 'state' | 'elapsed_ms' | 'at'>, now: number): number {
  return clock.state === 'open' ? Math.max(0, clock.elapsed_ms + now - clock.at) : clock.elapsed_ms
}
