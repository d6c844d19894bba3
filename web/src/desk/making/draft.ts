/** A contest before it is made: what was typed, what is wrong with it, and what is sent. Pure. */

import type { Schemas } from '@shared/api/client'
import type { FieldFault } from '@shared/api/http'
import type { NewContest } from '@shared/api/results'
import type { Text } from '@shared/text'

export interface VenueDraft {
  zh: string
  en: string
  /** As typed: codes with blanks or commas between them, runs as `E1-E8`. */
  stations: string
}
export interface ContestDraft {
  zh: string
  en: string
  /** Local time, as the browser's field holds it: `2026-12-05T09:00`. */
  starts: string
  /** The same; empty where nobody says. */
  ends: string
  blind: boolean
  scheme: string
  /** Where the scheme's text comes from: a shipped scheme, a file, or the keyboard. */
  from: string
  /** Whether prizes, signatures and the rest go by a rule set. Its text is kept also while they don't. */
  ruled: boolean
  ruleSet: string
  ruleSetFrom: string
  venues: VenueDraft[]
}

export const blankVenue = (): VenueDraft => ({ zh: '', en: '', stations: '' })
export const blankDraft = (): ContestDraft => ({ zh: '', en: '', starts: '', ends: '', blind: true, scheme: '', from: '', ruled: false, ruleSet: '', ruleSetFrom: '', venues: [blankVenue()] })

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** A draft that was kept on the device; whatever is no draft any more is left out. */
export function draftFrom(kept: string | null): ContestDraft | null {
  try {
    const found = JSON.parse(kept ?? 'null') as Partial<ContestDraft> | null
    if (typeof found !== 'object' || found === null) return null
    const venues = Array.isArray(found.venues) ? found.venues.map((venue) => ({ zh: text(venue?.zh), en: text(venue?.en), stations: text(venue?.stations) })) : []
    return {
      zh: text(found.zh), en: text(found.en), starts: text(found.starts), ends: text(found.ends), blind: found.blind !== false, scheme: text(found.scheme), from: text(found.from),
      ruled: found.ruled === true, ruleSet: text(found.ruleSet), ruleSetFrom: text(found.ruleSetFrom),
      venues: venues.length > 0 ? venues : [blankVenue()],
    }
  } catch {
    return null
  }
}

export const isBlank = (draft: ContestDraft) => JSON.stringify(draft) === JSON.stringify(blankDraft())

const RUN = /^([A-Za-z][A-Za-z0-9_]*?|)(\d{1,4})(?:-|–|—|~|～|\.\.)([A-Za-z][A-Za-z0-9_]*?|)(\d{1,4})$/
const RUN_MOST = 500

/** `E1-E8, T1` → E1 … E8, T1. A run counts up, and keeps the zeros in front: `S01-S12`. */
export function stationsOf(typed: string): string[] {
  const words = typed.replaceAll(/\s*(–|—|~|～|\.\.)\s*/g, '$1').split(/[\s,，、;；]+/).filter(Boolean)
  return words.flatMap((word) => {
    const run = RUN.exec(word)
    if (!run) return [word]
    const [, prefix = '', first = '', again = '', last = ''] = run
    const [low, high] = [Number(first), Number(last)]
    if ((again !== '' && again !== prefix) || high < low || high - low >= RUN_MOST) return [word]
    return Array.from({ length: high - low + 1 }, (_, at) => prefix + String(low + at).padStart(first.startsWith('0') ? first.length : 1, '0'))
  })
}

/** A word of the desk's own, with its places. */
export interface Fault {
  key: string
  places?: Record<string, unknown>
}
export type Faults = Record<string, Fault | Text>

const NAME_MOST = 100
const STATION = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/
export const STATIONS_MOST = 500

function nameFault(name: string): Fault | null {
  if (name.trim() === '') return { key: 'desk.required' }
  if ([...name].length > NAME_MOST) return { key: 'desk.tooLong', places: { n: NAME_MOST } }
  return null
}

/** What is wrong before anything is sent, by the paths that the hall uses. */
export function faultsOf(draft: ContestDraft): Faults {
  const faults: Faults = {}
  const note = (path: string, fault: Fault | null) => {
    if (fault && !(path in faults)) faults[path] = fault
  }
  note('name.zh', nameFault(draft.zh))
  note('name.en', nameFault(draft.en))
  if (startOf(draft.starts) === null) note('starts_at', { key: 'desk.required' })
  const [starts, ends] = [startOf(draft.starts), startOf(draft.ends)]
  if (draft.ends !== '' && ends === null) note('ends_at', { key: 'desk.required' })
  if (starts !== null && ends !== null && ends <= starts) note('ends_at', { key: 'desk.endsAfter' })
  if (draft.scheme.trim() === '') note('scheme', { key: 'desk.schemeMissing' })
  if (draft.ruled && draft.ruleSet.trim() === '') note('rule_set', { key: 'ruleSet.missing' })
  const [codes, names] = [new Set<string>(), new Set<string>()]
  draft.venues.forEach((venue, at) => {
    note(`venues[${at}].name.zh`, nameFault(venue.zh))
    note(`venues[${at}].name.en`, nameFault(venue.en))
    const name = venue.zh.trim()
    if (name !== '' && names.has(name)) note(`venues[${at}].name.zh`, { key: 'desk.venueTwice', places: { name } })
    names.add(name)
    const stations = stationsOf(venue.stations)
    if (stations.length === 0) note(`venues[${at}].stations`, { key: 'desk.stationsMissing' })
    for (const code of stations) {
      if (!STATION.test(code)) note(`venues[${at}].stations`, { key: 'desk.stationBad', places: { code } })
      else if (codes.has(code)) note(`venues[${at}].stations`, { key: 'desk.stationTwice', places: { code } })
      codes.add(code)
    }
  })
  if (codes.size > STATIONS_MOST) note(`venues[${draft.venues.length - 1}].stations`, { key: 'desk.stationsTooMany', places: { n: STATIONS_MOST } })
  return faults
}

/** The moment that a local time names, as it travels; null where it names none. */
export function startOf(local: string): string | null {
  const at = new Date(local)
  return local === '' || Number.isNaN(at.getTime()) ? null : at.toISOString()
}

/** A moment as the browser's field holds it: local, to the minute. */
export function localOf(at: string | null): string {
  if (at === null) return ''
  const moment = new Date(at)
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export function requestOf(draft: ContestDraft): NewContest {
  return {
    name: { zh: draft.zh.trim(), en: draft.en.trim() },
    scheme: draft.scheme,
    rule_set: draft.ruled ? draft.ruleSet : null,
    blind: draft.blind,
    starts_at: startOf(draft.starts) ?? '',
    ends_at: startOf(draft.ends),
    venues: draft.venues.map((venue) => ({ name: { zh: venue.zh.trim(), en: venue.en.trim() }, stations: stationsOf(venue.stations) })),
  }
}

export type SchemeFault = Schemas['SchemeFault']

/** What the hall refused: by field, and the scheme's and the rule set's by line and column. A fault of one station stands at its venue's stations. */
export function refusedOf(fields: readonly FieldFault[]): { faults: Faults; scheme: SchemeFault[]; ruleSet: SchemeFault[] } {
  const faults: Faults = {}
  const [scheme, ruleSet]: [SchemeFault[], SchemeFault[]] = [[], []]
  for (const { path, detail } of fields) {
    const place = /^(scheme|rule_set):(\d+):(\d+)$/.exec(path)
    if (place) (place[1] === 'scheme' ? scheme : ruleSet).push({ line: Number(place[2]), column: Number(place[3]), path: '', severity: 'error', detail, advice: { zh: '', en: '' }, suggestion: null })
    else faults[path.replace(/(\.stations)\[\d+\]$/, '$1')] ??= detail
  }
  return { faults, scheme, ruleSet }
}

/** Where a line and column (from 1, in characters) stand in a text, as an index of it. */
export function indexOf(page: string, line: number, column: number): number {
  let start = 0
  for (let n = 1; n < line; n += 1) {
    const end = page.indexOf('\n', start)
    if (end < 0) break
    start = end + 1
  }
  const end = page.indexOf('\n', start)
  const characters = [...page.slice(start, end < 0 ? undefined : end)].slice(0, Math.max(0, column - 1))
  return start + characters.join('').length
}
