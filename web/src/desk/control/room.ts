/** What the chief judge is shown, from the live topic's keys: sorted so that what needs him stands first. Pure. */

import type { Alarm, ContestState, JudgePresence, JudgeRequests, RunClock, SheetState, WaitingVerdict } from '@shared/live/wire'

export interface RunRow extends RunClock {
  run: string
  sheet: SheetState | null
  alarms: number
  /** "Please judge", the newest last. */
  requests: JudgeRequests
}
export type RunFilter = 'under_way' | 'missing' | 'waiting' | 'closed'

const STATE_ORDER: Record<RunClock['state'], number> = { stopped: 0, open: 1, closed: 2, waiting: 3 }
const byText = new Intl.Collator('en', { numeric: true }).compare

export function runRows(clocks: [string, RunClock][], sheets: [string, SheetState][], alarms: [string, Alarm][], requests: [string, JudgeRequests][] = []): RunRow[] {
  const requestsOf = new Map(requests)
  const sheetOf = new Map(sheets)
  const alarmed = new Map<string, number>()
  for (const [key, alarm] of alarms) {
    if (isSettled(alarm)) continue
    const run = key.split('/')[0] ?? ''
    alarmed.set(run, (alarmed.get(run) ?? 0) + 1)
  }
  return clocks
    .map(([run, clock]) => ({ ...clock, run, sheet: sheetOf.get(run) ?? null, alarms: alarmed.get(run) ?? 0, requests: requestsOf.get(run) ?? [] }))
    .sort((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state] || byText(a.station, b.station) || (a.turn ?? 0) - (b.turn ?? 0) || byText(a.no, b.no))
}

export const owes = (row: RunRow) => row.sheet !== null && row.state !== 'waiting' && row.sheet.given < row.sheet.expected

export function filtered(rows: RunRow[], filter: RunFilter): RunRow[] {
  switch (filter) {
    case 'under_way':
      return rows.filter((row) => row.state === 'open' || row.state === 'stopped')
    case 'missing':
      return rows.filter((row) => row.state === 'closed' && owes(row))
    default:
      return rows.filter((row) => row.state === filter)
  }
}

export const PRESENT_MS = 60_000

export interface JudgeRow extends JudgePresence {
  account: string
  present: boolean
}

/** Those with unsent marks first, then the absent, then the others by name. */
export function judgeRows(judges: [string, JudgePresence][], now: number): JudgeRow[] {
  return judges
    .map(([account, judge]) => ({ ...judge, account, present: judge.seen_at !== null && now - judge.seen_at < PRESENT_MS }))
    .sort((a, b) => Number((b.unsent ?? 0) > 0) - Number((a.unsent ?? 0) > 0) || Number(a.present) - Number(b.present) || a.name.localeCompare(b.name, 'zh-CN'))
}

const isSettled = (alarm: Alarm) => (alarm.settled ?? null) !== null
/** Problems that were answered, the newest answer first. */
export function settledRows(alarms: [string, Alarm][]): (Alarm & { key: string })[] {
  return alarms
    .filter(([, alarm]) => isSettled(alarm))
    .map(([key, alarm]) => ({ ...alarm, key }))
    .sort((a, b) => (b.settled?.at ?? 0) - (a.settled?.at ?? 0))
}

/** What is not settled. Problems first: somebody waits at a station. Within a kind the oldest first. */
const KIND_ORDER: Record<Alarm['kind'], number> = { problem: 0, spread: 1, undecided: 2 }
/** `told`: what stands elsewhere already, and is undecided. */
export function alarmRows(alarms: [string, Alarm][], told: ReadonlySet<string> = new Set()): (Alarm & { key: string; run: string })[] {
  return alarms
    .filter(([key, alarm]) => !isSettled(alarm) && !(alarm.kind === 'undecided' && told.has(key)))
    .map(([key, alarm]) => ({ ...alarm, key, run: key.split('/')[0] ?? '' }))
    .sort((a, b) => KIND_ORDER[a.kind] - KIND_ORDER[b.kind] || a.at - b.at)
}

export function verdictRows(verdicts: [string, WaitingVerdict][]): (WaitingVerdict & { id: string })[] {
  return verdicts.map(([id, verdict]) => ({ ...verdict, id })).sort((a, b) => a.at - b.at)
}

export type ClockAct = 'start' | 'stop' | 'resume' | 'add_time' | 'close'
export function actsOn(state: RunClock['state']): ClockAct[] {
  switch (state) {
    case 'waiting':
      return ['start']
    case 'open':
      return ['stop', 'add_time', 'close']
    case 'stopped':
      return ['resume', 'add_time', 'close']
    case 'closed':
      return []
  }
}
/** The hall keeps a reason for these. */
export const needsReason = (act: ClockAct) => act === 'stop' || act === 'add_time'

export function nextStates(state: ContestState): ContestState[] {
  switch (state) {
    case 'draft':
      return ['live']
    case 'live':
      return ['frozen', 'review']
    case 'frozen':
      return ['live', 'review']
    case 'review':
      return ['live', 'final']
    case 'final':
      return []
  }
}
