/** What is asked of the archive, what leaves it, and what a key is good for. Pure. */

import type { Agent, Seen } from './wire'
import { hallPerson } from './statement'

export interface Wish {
  person: string
  verb: string
  activity: string
  /** Days by the reader's clock, `2026-11-28`. */
  from: string
  to: string
  oldest: boolean
}

export const NO_WISH: Wish = { person: '', verb: '', activity: '', from: '', to: '', oldest: false }

type Asked = Record<string, unknown>

export function wishOf(asked: Asked): Wish {
  const text = (name: string) => (typeof asked[name] === 'string' ? (asked[name] as string) : '')
  const date = (name: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text(name)) ? text(name) : '')
  return { person: text('person'), verb: text('verb'), activity: text('activity'), from: date('from'), to: date('to'), oldest: text('order') === 'oldest' }
}

/** As it stands in the address: only what is asked for. */
export function addressOf(wish: Wish): Record<string, string> {
  const { oldest, ...texts } = wish
  const kept = Object.entries(texts).filter(([, value]) => value !== '')
  return Object.fromEntries(oldest ? [...kept, ['order', 'oldest']] : kept)
}

/** Midnight by the reader's clock, some days on. */
function midnight(day: string, plus = 0): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + plus).getTime()
}

/** The hall's own question: later than, and at or before, so each bound is a millisecond earlier than its midnight. */
export function questionOf(wish: Wish) {
  const before = (at: number) => new Date(at - 1).toISOString()
  return {
    newest_first: !wish.oldest,
    ...(wish.person === '' ? {} : { person: wish.person }),
    ...(wish.verb === '' ? {} : { verb: wish.verb }),
    ...(wish.activity === '' ? {} : { activity: wish.activity }),
    ...(wish.from === '' ? {} : { stored_since: before(midnight(wish.from)) }),
    ...(wish.to === '' ? {} : { stored_until: before(midnight(wish.to, 1)) }),
  }
}

/** As `GET /api/archive/export` writes it: a line a statement, with its place and the chain's hash. */
export const ndjsonOf = (rows: readonly Seen[]): string => rows.map(({ position, id, hash, statement }) => `${JSON.stringify({ position, id, hash, statement })}\n`).join('')

/** How many tell what he did, and how many of others mention him. */
export function tellsOf(rows: readonly Seen[], person: string): { own: number; others: number } {
  const own = rows.filter(({ statement }) => statement && hallPerson(statement.actor) === person).length
  return { own, others: rows.filter(({ statement }) => statement).length - own }
}

/** What is wrong with the text of an agent, as a key of our words; null when the hall may be asked. */
export function agentFault(text: string): string | null {
  let agent: unknown
  try {
    agent = JSON.parse(text)
  } catch {
    return 'archive.agentNoJson'
  }
  if (typeof agent !== 'object' || agent === null || Array.isArray(agent)) return 'archive.agentNoJson'
  const identities = ['mbox', 'mbox_sha1sum', 'openid', 'account'].filter((name) => name in (agent as Agent))
  return identities.length === 1 ? null : 'archive.agentWho'
}

/** By the names of the specification, in the order in which they are offered. */
export const SCOPES = ['statements/write', 'statements/read/mine', 'statements/read', 'state', 'profile', 'all/read', 'all'] as const
export type Scope = (typeof SCOPES)[number]

export const scopeKey = (scope: string) => `archive.scope.${scope.replaceAll('/', '-')}`

/** What is chosen is within what another chosen one allows already. */
export function within(scope: Scope, chosen: readonly string[]): boolean {
  const wider: Partial<Record<Scope, readonly Scope[]>> = { 'statements/read/mine': ['statements/read', 'all/read', 'all'], 'statements/read': ['all/read', 'all'], all: [] }
  return (wider[scope] ?? ['all']).some((each) => chosen.includes(each))
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** A line for a terminal that shows that a key works, and changes nothing. */
export function curlLine(origin: string, login: string, secret: string, scopes: readonly string[]): string {
  const reads = scopes.some((each) => ['statements/read', 'statements/read/mine', 'all/read', 'all'].includes(each))
  const who = `curl -u ${quoted(`${login}:${secret}`)}`
  return reads ? `${who} -H 'X-Experience-API-Version: 2.0.0' ${quoted(`${origin}/xapi/statements?limit=1`)}` : `${who} -d grant_type=client_credentials ${quoted(`${origin}/xapi/oauth/token`)}`
}

/** Keeping so many full years, statements that were stored before this year are forgotten. */
export const firstYearKept = (years: number, now: Date): number => now.getUTCFullYear() - years

/** Whole years, 1 to 100; null when it is none of them. */
export function yearsOf(text: string | number): number | null {
  const years = /^\d{1,3}$/.test(String(text).trim()) ? Number(text) : 0
  return years >= 1 && years <= 100 ? years : null
}
