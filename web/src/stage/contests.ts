/** What the stage asks of the hall besides live topics: the list of contests, and the names of a scheme's aspects. */
import { shallowRef, watchEffect, type Ref } from 'vue'
import { hall } from '@shared/api/http'
import { api, everyPage, type Schemas } from '@shared/api/client'
import type { EntryHead, Head } from '@shared/live/wire'
import { EventStreamReader, parseFrame } from '@shared/live/frames'
import type { Text } from '@shared/text'

export type ContestSummary = Schemas['Listing']

export const allContests = () => everyPage((cursor) => api.GET('/api/contests', { params: { query: { limit: 200, cursor } } }))

export interface AspectHead {
  code: string
  name: Text
  max: number
  module: string
  type: string
  /** Where verdicts on it come more than once in a run: what they give, or take, together at most. */
  most?: number | null
}

/** A rule as its author wrote it; scalars are text. */
interface RuleBody {
  aspect: string
  written?: Record<string, unknown>
}
interface SchemeBody {
  rules?: RuleBody[]
  modules?: {
    code: string
    criteria?: { aspects?: { code: string; name?: Text; type?: string; max?: string | number }[] }[]
  }[]
}

export type Aspects = ReadonlyMap<string, AspectHead>

/** Marks of the scheme are decimal: text with two decimals, or a number as the author wrote it. */
const hundredths = (max: string | number | undefined) => Math.round(Number(max ?? 0) * 100)

/** Over a whole run a figure or a count is judged once; each time of an event, a measured time, a phase or a violation is judged by itself. */
function comesAgain({ written = {} }: RuleBody): boolean {
  if (written['once'] === 'true') return false
  const on = written['on'] as Record<string, unknown> | undefined
  if (on?.['begins'] === 'run' || on?.['ends'] === 'run') return false
  if (['on', 'measure', 'sequence', 'forbidden', 'while'].some((head) => head in written)) return true
  return written['during'] !== undefined && written['during'] !== 'run'
}

/** What the verdicts on an aspect come to at most, where there may be several of them; otherwise null. */
function mostOf(rules: readonly RuleBody[], max: number): number | null {
  const [only, ...others] = rules
  if (!only || (others.length === 0 && !comesAgain(only))) return null
  const cap = others.length === 0 ? Number(only.written?.['at_most']) : NaN
  return Number.isFinite(cap) ? Math.min(hundredths(cap), max) : max
}

export function aspectsOf(scheme: SchemeBody): Aspects {
  const found = new Map<string, AspectHead>()
  const rules = new Map<string, RuleBody[]>()
  for (const rule of scheme.rules ?? []) rules.set(rule.aspect, [...(rules.get(rule.aspect) ?? []), rule])
  for (const module of scheme.modules ?? [])
    for (const criterion of module.criteria ?? [])
      for (const a of criterion.aspects ?? [])
        found.set(a.code, {
          code: a.code,
          name: a.name ?? { zh: a.code, en: a.code },
          max: hundredths(a.max),
          module: module.code,
          type: a.type ?? '',
          most: mostOf(rules.get(a.code) ?? [], hundredths(a.max)),
        })
  return found
}

const schemes = new Map<string, Ref<Aspects>>()

/** The scheme is fetched once a contest; until then, or if that fails, aspects go by their codes. */
export function useAspects(contest: string, wanted: () => boolean = () => true): Ref<Aspects> {
  const aspects = schemes.get(contest) ?? shallowRef<Aspects>(new Map())
  watchEffect(() => {
    if (!wanted() || schemes.has(contest)) return
    schemes.set(contest, aspects)
    hall
      .get<SchemeBody>(`/api/contests/${encodeURIComponent(contest)}/scheme`)
      .then((scheme) => (aspects.value = aspectsOf(scheme)))
      .catch(() => schemes.delete(contest))
  })
  return aspects
}

/** Heads and entries last seen, by contest, so that a page does not begin blank when its topic is a small one. */
const heads = new Map<string, Head>()
const directories = new Map<string, Map<string, EntryHead>>()

export const lastHead = (contest: string) => heads.get(contest)

export function rememberHead(contest: string, head: Head | undefined) {
  if (head) heads.set(contest, head)
}

export function directoryOf(contest: string): Map<string, EntryHead> {
  const known = directories.get(contest) ?? new Map<string, EntryHead>()
  directories.set(contest, known)
  return known
}

/** One look at a topic: its first snapshot, and the line is put down again. */
async function peek(url: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const stop = new AbortController()
  const end = () => stop.abort()
  signal.addEventListener('abort', end)
  try {
    const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: stop.signal })
    if (!response.ok || !response.body) return {}
    const reader = response.body.getReader()
    const decoder = new TextDecoder()
    const stream = new EventStreamReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return {}
      for (const event of stream.push(decoder.decode(value, { stream: true }))) {
        const frame = parseFrame(event)
        if (frame?.kind === 'snapshot') return frame.set
      }
    }
  } finally {
    signal.removeEventListener('abort', end)
    stop.abort()
  }
}

/**
 * Who is who, for a page whose own topic names only some: a competitor's page says who is one place ahead. Known after a
 * visit to the board; otherwise one look at the board's topic, without staying on it.
 */
export function useDirectory(contest: string, wanted: () => readonly (string | null | undefined)[]) {
  const directory = shallowRef(directoryOf(contest))
  const stop = new AbortController()
  let asked = false
  watchEffect(() => {
    const missing = wanted().some((id) => id && !directory.value.has(id))
    if (!missing || asked) return
    asked = true
    peek(`/live/contests/${encodeURIComponent(contest)}/overall`, stop.signal)
      .then((set) => {
        const next = new Map(directory.value)
        for (const [key, value] of Object.entries(set)) if (key.startsWith('e/')) next.set(key.slice(2), value as EntryHead)
        directories.set(contest, next)
        directory.value = next
      })
      .catch(() => {
        asked = false
      })
  })
  return { directory, close: () => stop.abort() }
}
