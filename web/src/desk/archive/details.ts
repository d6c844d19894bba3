/** The facts of a statement, one by one, each with its name in words and, where it has one, its id. Pure. */

import { agentWords, activityWords, around, durationWords, factName, identityOf, inMap, isActivity, responseWords, scoreWords, thingWords, verbWords, type Speaker } from './statement'
import type { Agent, Around, Attachment, Statement } from './wire'

export interface Fact {
  name: string
  words: string
  /** As it is named to programs. */
  id?: string
}

const AROUND: readonly Around[] = ['grouping', 'parent', 'category', 'other']
/** Those that stand elsewhere: the English of a sentence. */
const HIDDEN = new Set(['sentence-en', 'why-en', 'because-en'])

function size(bytes: number, speaker: Speaker): string {
  const [value, unit] = bytes < 1024 ? [bytes, 'byte'] : bytes < 1024 * 1024 ? [bytes / 1024, 'kilobyte'] : [bytes / 1024 / 1024, 'megabyte']
  return new Intl.NumberFormat(speaker.language, { style: 'unit', unit: unit as string, unitDisplay: 'short', maximumFractionDigits: 1 }).format(value as number)
}

function attachmentWords(attachment: Attachment, speaker: Speaker): string {
  const name = inMap(attachment.display, speaker.language)
  return [name, attachment.contentType, attachment.length === undefined ? undefined : size(attachment.length, speaker)].filter(Boolean).join(' · ')
}

/** `round: 1` of the hall in its own words; what another added keeps the end of its IRI. */
function extensionFacts(extensions: Record<string, unknown> | undefined, speaker: Speaker): Fact[] {
  return Object.entries(extensions ?? {}).flatMap(([iri, value]) => {
    const name = factName(iri)
    if (name !== null && HIDDEN.has(name)) return []
    const words = typeof value === 'string' ? value : JSON.stringify(value)
    if (name === null) return [{ name: speaker.t('archive.is.extension'), words, id: iri }]
    const key = `archive.fact.${name}`
    const label = speaker.t(key)
    const because = name === 'because' ? speaker.t(`archive.because.${words}`) : words
    return [{ name: label === key ? name : label, words: because.startsWith('archive.') ? words : because }]
  })
}

export function factsOf(statement: Statement, speaker: Speaker, moment: (at: string) => string): Fact[] {
  const { t } = speaker
  const { actor, verb, object, result, context, attachments, authority } = statement
  const facts: Fact[] = []
  const add = (key: string, words: string | null | undefined, id?: string) => {
    if (words) facts.push({ name: t(`archive.is.${key}`), words, ...(id ? { id } : {}) })
  }
  const agent = (key: string, who: Agent | undefined) => who && add(key, agentWords(who, speaker), identityOf(who))
  agent('actor', actor)
  add('verb', verbWords(verb, speaker), verb.id)
  add('object', thingWords(object, speaker), isActivity(object) || object.objectType === 'StatementRef' ? object.id : undefined)
  if (isActivity(object)) add('description', inMap(object.definition?.description, speaker.language))
  add('score', scoreWords(statement, speaker))
  if (result?.success !== undefined) add('success', t(result.success ? 'archive.success' : 'archive.noSuccess'))
  if (result?.completion !== undefined) add('completion', t(result.completion ? 'archive.completion' : 'archive.noCompletion'))
  if (result?.duration) add('duration', durationWords(result.duration, speaker))
  add('response', responseWords(statement, speaker))
  facts.push(...extensionFacts(result?.extensions, speaker))
  agent('instructor', context?.instructor)
  agent('team', context?.team)
  for (const kind of AROUND) for (const each of around(statement, kind)) add(kind, activityWords(each, speaker), each.id)
  if (context?.statement) add('earlier', t('archive.aboutStatement', { id: context.statement.id.slice(0, 8) }), context.statement.id)
  add('registration', context?.registration)
  add('platform', context?.platform)
  add('revision', context?.revision)
  add('language', context?.language)
  facts.push(...extensionFacts(context?.extensions, speaker))
  for (const each of attachments ?? []) add('attachment', attachmentWords(each, speaker) || each.usageType, each.sha2)
  if (statement.timestamp) add('timestamp', moment(statement.timestamp))
  agent('authority', authority)
  return facts
}
