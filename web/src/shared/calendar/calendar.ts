/** The calendar's arithmetic: periods, what is looked for, and how contests lie in rows that don't overlap. Pure; days are the reader's own. */

import type { Schemas } from '../api/client'
import type { Language } from '../text'
import { inLanguage } from '../text'

export type Item = Schemas['CalendarItem']
export type TradeList = Schemas['TradeList']
export type View = 'month' | 'quarter' | 'year' | 'list'
export const VIEWS: readonly View[] = ['year', 'quarter', 'month', 'list']
export const STATES = ['draft', 'live', 'frozen', 'review', 'final'] as const
export const LEVELS = ['enterprise', 'town', 'district', 'city'] as const

export interface Period {
  from: number
  to: number
}
export const DAY = 86_400_000

/** The month, quarter or year that a day lies in; a list is of the year. */
export function periodOf(view: View, day: Date): Period {
  const [year, month] = [day.getFullYear(), day.getMonth()]
  if (view === 'month') return { from: +new Date(year, month, 1), to: +new Date(year, month + 1, 1) }
  const quarter = month - (month % 3)
  if (view === 'quarter') return { from: +new Date(year, quarter, 1), to: +new Date(year, quarter + 3, 1) }
  return { from: +new Date(year, 0, 1), to: +new Date(year + 1, 0, 1) }
}

/** A day in the period before or after. */
export function stepped(view: View, day: Date, by: number): Date {
  const months = view === 'month' ? 1 : view === 'quarter' ? 3 : 12
  return new Date(day.getFullYear(), day.getMonth() + months * by, 1)
}

const two = (n: number) => String(n).padStart(2, '0')
/** A day as it stands in an address: 2026-11-22. */
export const written = (day: Date) => `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
export function read(text: unknown, otherwise: Date): Date {
  const found = typeof text === 'string' ? /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) : null
  if (!found) return otherwise
  const [year, month, day] = [Number(found[1]), Number(found[2]) - 1, Number(found[3])]
  const date = new Date(year, month, day)
  return date.getFullYear() === year && date.getMonth() === month && date.getDate() === day ? date : otherwise
}

/** From when to when, the last day whole. Where nobody has said the end it is the day itself. */
export function spanOf(item: Pick<Item, 'starts_at' | 'ends_at'>): Period {
  const from = Date.parse(item.starts_at)
  const end = item.ends_at ? Date.parse(item.ends_at) : from
  const last = new Date(Math.max(end, from))
  return { from, to: +new Date(last.getFullYear(), last.getMonth(), last.getDate() + 1) }
}

export const within = (items: readonly Item[], period: Period) => items.filter((item) => Date.parse(item.starts_at) < period.to && spanOf(item).to > period.from)

export interface Wish {
  q: string
  /** A trade, or `family:…`. */
  trade: string
  tier: string
  state: string
  venue: string
}
export const NOTHING: Wish = { q: '', trade: '', tier: '', state: '', venue: '' }

export class Trades {
  readonly #trade: Map<string, TradeList['trades'][number]>
  constructor(readonly list: TradeList) {
    this.#trade = new Map(list.trades.map((trade) => [trade.code, trade]))
  }
  name(code: string, language: Language): string {
    return inLanguage(this.#trade.get(code)?.name, language) || code
  }
  family(code: string): string | undefined {
    return this.#trade.get(code)?.family
  }
  /** The families of a contest's trades, each once. */
  familiesOf(item: Item): string[] {
    return [...new Set(item.trades.map((code) => this.family(code)).filter((family) => family !== undefined))]
  }
}

export function found(items: readonly Item[], wish: Wish, trades: Trades, language: Language): Item[] {
  const words = wish.q.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const family = wish.trade.startsWith('family:') ? wish.trade.slice(7) : null
  return items.filter((item) => {
    if (wish.state && item.state !== wish.state) return false
    if (wish.tier && item.tier?.level !== wish.tier) return false
    if (wish.venue && !item.venues.some((venue) => inLanguage(venue, language) === wish.venue)) return false
    if (family ? !trades.familiesOf(item).includes(family) : wish.trade && !item.trades.includes(wish.trade)) return false
    if (words.length === 0) return true
    const texts = [item.name, ...item.venues, ...(item.host ? [item.host] : [])].flatMap((text) => [text.zh, text.en])
    const said = [...texts, ...item.trades.flatMap((code) => [trades.name(code, 'zh-CN'), trades.name(code, 'en')])].map((text) => text.toLowerCase())
    return words.every((word) => said.some((text) => text.includes(word)))
  })
}

export interface Bar {
  item: Item
  /** Shares of the track: where the name begins, and where the contest lies. */
  box: number
  left: number
  width: number
  lane: number
}
export interface Row {
  /** Empty for contests of no trade. */
  family: string
  bars: Bar[]
  lanes: number
}

const NAME_MOST_PX = 176
/** Han characters are as wide as they are high, others about half. */
export function nameWidth(name: string): number {
  let px = 28
  for (const sign of name) px += /[\u2e80-\uffef]/.test(sign) ? 12.5 : 7
  return Math.min(px, NAME_MOST_PX)
}

/** Contests of a period by trade families, each in the first lane that is free for its name and its days. */
export function rowsOf(items: readonly Item[], period: Period, trades: Trades, language: Language, trackPx: number): Row[] {
  const length = period.to - period.from
  const families = [...trades.list.families.map((family) => family.code), '']
  const rows: Row[] = []
  for (const family of families) {
    const here = items.filter((item) => (family === '' ? trades.familiesOf(item).length === 0 : trades.familiesOf(item).includes(family)))
    if (here.length === 0) continue
    const ends: number[] = []
    const bars = here
      .map((item) => {
        const span = spanOf(item)
        const left = Math.max(0, (span.from - period.from) / length)
        const right = Math.min(1, (span.to - period.from) / length)
        const name = Math.min(1, nameWidth(inLanguage(item.name, language)) / trackPx)
        return { item, left, width: Math.max(0, right - left), box: Math.max(0, Math.min(left, 1 - name)), end: Math.max(right, Math.min(left, 1 - name) + name) }
      })
      .sort((a, b) => a.box - b.box || a.left - b.left || a.item.id.localeCompare(b.item.id))
      .map(({ end, ...bar }) => {
        const free = ends.findIndex((taken) => taken <= bar.box)
        const lane = free < 0 ? ends.length : free
        ends[lane] = end
        return { ...bar, lane }
      })
    rows.push({ family, bars, lanes: ends.length })
  }
  return rows
}

/** Where the scale has its lines: months of a year, weeks of a quarter, days of a month. */
export function ticksOf(view: View, period: Period): number[] {
  const ticks: number[] = []
  const at = new Date(period.from)
  if (view === 'quarter') at.setDate(at.getDate() + ((8 - at.getDay()) % 7))
  while (+at < period.to) {
    ticks.push(+at)
    if (view === 'month') at.setDate(at.getDate() + 1)
    else if (view === 'quarter') at.setDate(at.getDate() + 7)
    else at.setMonth(at.getMonth() + 1)
  }
  return ticks
}

export interface Stretch {
  from: number
  items: Item[]
}
/** In the order in which they begin, by months or by weeks that begin on Monday. */
export function stretches(items: readonly Item[], by: 'month' | 'week'): Stretch[] {
  const found: Stretch[] = []
  for (const item of [...items].sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))) {
    const day = new Date(Date.parse(item.starts_at))
    const from = by === 'month' ? +new Date(day.getFullYear(), day.getMonth(), 1) : +new Date(day.getFullYear(), day.getMonth(), day.getDate() - ((day.getDay() + 6) % 7))
    const last = found.at(-1)
    if (last?.from === from) last.items.push(item)
    else found.push({ from, items: [item] })
  }
  return found
}
