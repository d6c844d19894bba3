/** A statement in words, in the reader's language. Pure: names of the hall's persons and our own words come in. */

import type { Language, Text } from '@shared/text'
import { inLanguage } from '@shared/text'
import { REFEREE_VERB, tailOf, verbKey } from './verbs'
import type { Activity, Agent, Around, LanguageMap, Statement, Thing, Verb } from './wire'

export interface Speaker {
  language: Language
  t: (key: string, places?: Record<string, unknown>) => string
  list: (items: readonly string[]) => string
  /** The name of a person of this hall, where it is known. */
  nameOf: (person: string) => string | undefined
}

const PERSONS = 'urn:x-guildhall:persons'
const FACT = 'urn:x-guildhall:fact:'

/** Exactly this language, or one of its kind. */
function ownWords(map: LanguageMap | undefined, language: Language): string | undefined {
  if (!map) return undefined
  const kind = language.slice(0, 2)
  const tag = Object.keys(map).find((each) => each.toLowerCase() === language.toLowerCase()) ?? Object.keys(map).find((each) => each.toLowerCase().split('-')[0] === kind)
  return (tag === undefined ? undefined : map[tag]) || undefined
}

/** The reader's language, else English, else Chinese, else what there is. */
export function inMap(map: LanguageMap | undefined, language: Language): string | undefined {
  return ownWords(map, language) ?? ownWords(map, 'en') ?? ownWords(map, 'zh-CN') ?? Object.values(map ?? {}).find(Boolean)
}

/** The id of a person of this hall; null for anybody else. */
export const hallPerson = (agent: Agent | undefined): string | null => (agent?.account?.homePage === PERSONS ? agent.account.name : null)

/** What an agent is known by, as it stands. */
export function identityOf(agent: Agent): string {
  if (agent.account) return `${agent.account.homePage} ${agent.account.name}`
  return agent.mbox ?? agent.openid ?? agent.mbox_sha1sum ?? ''
}

export function agentWords(agent: Agent, speaker: Speaker): string {
  const person = hallPerson(agent)
  const known = (person === null ? undefined : speaker.nameOf(person)) ?? agent.name
  if (known) return known
  if (agent.account) return agent.account.name
  if (agent.mbox) return agent.mbox.replace(/^mailto:/, '')
  if (agent.openid) return agent.openid
  if (agent.mbox_sha1sum) return `${agent.mbox_sha1sum.slice(0, 8)}…`
  const members = (agent.member ?? []).map((each) => agentWords(each, speaker))
  return members.length > 0 ? speaker.list(members) : speaker.t('archive.nobody')
}

/** Its own words in the reader's language, else ours, else its own in another, else the end of its IRI. */
export function verbWords(verb: Verb, speaker: Speaker): string {
  const key = verbKey(verb.id)
  return ownWords(verb.display, speaker.language) ?? (key === null ? undefined : speaker.t(key)) ?? inMap(verb.display, speaker.language) ?? tailOf(verb.id)
}

export const activityWords = (activity: Activity, speaker: Speaker): string => inMap(activity.definition?.name, speaker.language) ?? tailOf(activity.id)

export const isActivity = (thing: Thing): thing is Activity => thing.objectType === undefined || thing.objectType === 'Activity'

export function thingWords(thing: Thing, speaker: Speaker): string {
  if (isActivity(thing)) return activityWords(thing, speaker)
  if (thing.objectType === 'StatementRef') return speaker.t('archive.aboutStatement', { id: thing.id.slice(0, 8) })
  if (thing.objectType === 'SubStatement') return speaker.t('archive.sentence', { who: agentWords(thing.actor, speaker), did: verbWords(thing.verb, speaker), what: thingWords(thing.object as Thing, speaker) })
  return agentWords(thing, speaker)
}

/** A figure without noise behind the point. */
export const figure = (value: number, language: Language): string => new Intl.NumberFormat(language, { maximumFractionDigits: 4 }).format(value)

/** `PT1H2M3.5S` as people read it; one that isn't so simple stays as it is. */
export function durationWords(text: string, speaker: Speaker): string {
  const parts = /^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text)
  if (!parts) return text
  const units = ['day', 'hour', 'minute', 'second'] as const
  const said = units.flatMap((unit, at) => {
    const value = Number(parts[at + 1] ?? 0)
    return value === 0 ? [] : [new Intl.NumberFormat(speaker.language, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 }).format(value)]
  })
  return said.length > 0 ? said.join(' ') : text
}

export function scoreWords(statement: Statement, speaker: Speaker): string | null {
  const score = statement.result?.score
  if (!score) return null
  const { raw, max, scaled } = score
  if (raw !== undefined) return max ? `${figure(raw, speaker.language)} / ${figure(max, speaker.language)}` : figure(raw, speaker.language)
  return scaled === undefined ? null : new Intl.NumberFormat(speaker.language, { style: 'percent', maximumFractionDigits: 1 }).format(scaled)
}

/** A fact that the hall added to a statement. */
export const factOf = (statement: Statement, name: string): unknown => statement.context?.extensions?.[FACT + name]

/** The name of a fact; null for an extension of somebody else's. */
export const factName = (iri: string): string | null => (iri.startsWith(FACT) ? iri.slice(FACT.length) : null)

/** How it came out, in a few words each: place, success, completion, score, how long. */
export function resultWords(statement: Statement, speaker: Speaker): string[] {
  const { result } = statement
  const said: string[] = []
  const rank = factOf(statement, 'rank')
  if (typeof rank === 'number') said.push(speaker.t('archive.rank', { rank, field: Number(factOf(statement, 'field') ?? 0) }))
  if (result?.success !== undefined) said.push(speaker.t(result.success ? 'archive.success' : 'archive.noSuccess'))
  else if (statement.verb.id === REFEREE_VERB) said.push(speaker.t('archive.undecided'))
  if (result?.completion) said.push(speaker.t('archive.completion'))
  const score = scoreWords(statement, speaker)
  if (score !== null) said.push(score)
  if (result?.duration) said.push(durationWords(result.duration, speaker))
  return said
}

/** The sentence of a result. The hall keeps its English beside it, as a fact. */
export function responseWords(statement: Statement, speaker: Speaker): string {
  const zh = statement.result?.response ?? ''
  const en = ['sentence-en', 'why-en', 'because-en'].map((name) => factOf(statement, name)).find((each) => typeof each === 'string')
  const text: Text = { zh, en: typeof en === 'string' ? en : zh }
  return inLanguage(text, speaker.language)
}

export function around(statement: Statement, kind: Around): Activity[] {
  const found = statement.context?.contextActivities?.[kind]
  return found === undefined ? [] : Array.isArray(found) ? found : [found]
}

/** Where it belongs, from the widest to the nearest. */
export const placeWords = (statement: Statement, speaker: Speaker): string[] => [...around(statement, 'grouping'), ...around(statement, 'parent')].map((each) => activityWords(each, speaker))

/** How often each verb is told, the most first. */
export function verbCounts(statements: readonly (Statement | null)[], speaker: Speaker): { id: string; words: string; count: number }[] {
  const counts = new Map<string, { id: string; words: string; count: number }>()
  for (const statement of statements) {
    if (!statement) continue
    const { verb } = statement
    const found = counts.get(verb.id)
    if (found) found.count += 1
    else counts.set(verb.id, { id: verb.id, words: verbWords(verb, speaker), count: 1 })
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)
}
