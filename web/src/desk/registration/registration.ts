/** Applications as the desk tells them: how each state looks, what comes next, what is drafted, and what the hall found at fault. */

import type { Schemas } from '@shared/api/client'
import { HallProblem } from '@shared/api/http'
import type { IconName } from '@shared/components/AppIcon.vue'
import type { Text } from '@shared/text'

export type Registration = Schemas['RegistrationSeen']
export type Application = Schemas['ApplicationSeen']
export type OwnApplication = Schemas['OwnApplication']
export type ApplicationOpened = Schemas['ApplicationOpened']
export type ApplicationState = Schemas['ApplicationState']
export type Decision = Schemas['ApplicationDecision']
export type Step = Schemas['StepSeen']

type Tone = 'live' | 'info' | 'done' | 'waiting' | 'plain'
export const LOOKS: Record<ApplicationState, { tone: Tone; icon: IconName }> = {
  submitted: { tone: 'info', icon: 'review' },
  returned: { tone: 'waiting', icon: 'edit' },
  waiting: { tone: 'waiting', icon: 'waiting' },
  admitted: { tone: 'done', icon: 'done' },
  refused: { tone: 'plain', icon: 'close' },
  withdrawn: { tone: 'plain', icon: 'back' },
  substituted: { tone: 'plain', icon: 'again' },
}
export const STATES = Object.keys(LOOKS) as ApplicationState[]
export const WINDOWS: Record<Registration['state'], { tone: Tone; icon: IconName }> = {
  open: { tone: 'live', icon: 'live' },
  not_yet: { tone: 'waiting', icon: 'waiting' },
  unset: { tone: 'plain', icon: 'waiting' },
  closed: { tone: 'plain', icon: 'closed' },
  over: { tone: 'plain', icon: 'closed' },
}

/** What an organiser may make of an application; the hall decides. */
export function decisionsOf(state: ApplicationState): Decision[] {
  if (state === 'submitted') return ['admitted', 'waiting', 'returned', 'refused']
  if (state === 'waiting') return ['admitted', 'returned', 'refused']
  if (state === 'returned') return ['refused']
  if (state === 'refused') return ['admitted', 'waiting', 'returned']
  return []
}

/** What may be made of all of them at once. */
export function decisionsOfAll(states: readonly ApplicationState[]): Decision[] {
  const [first, ...rest] = states.map(decisionsOf)
  return (first ?? []).filter((each) => rest.every((others) => others.includes(each)))
}

/** Who hasn't come to an end: of one person at most one to a contest. */
export const isLive = (state: ApplicationState) => state !== 'withdrawn' && state !== 'substituted'

/** What is free of so many places; null where there is no limit. */
export const free = (capacity: number | null, taken: number) => (capacity === null ? null : Math.max(0, capacity - taken))

export const unmet = (application: Pick<Application, 'conditions'>) => application.conditions.filter((each) => !each.met)

/** A form of an application: what is filled in so far. */
export interface Form {
  group: string
  team: string
  answers: Record<string, string>
}
export const emptyForm = (): Form => ({ group: '', team: '', answers: {} })

const isForm = (found: unknown): found is Form => {
  if (typeof found !== 'object' || found === null) return false
  const { group, team, answers } = found as Record<string, unknown>
  return typeof group === 'string' && typeof team === 'string' && typeof answers === 'object' && answers !== null && Object.values(answers).every((each) => typeof each === 'string')
}

/** What was drafted before, if it can be read. */
export function drafted(kept: string | null): Form | null {
  try {
    const found: unknown = JSON.parse(kept ?? 'null')
    return isForm(found) ? found : null
  } catch {
    return null
  }
}

/** As the hall takes it: what is empty isn't sent, and what is asked no more isn't either. */
export function sent(form: Form, registration: Pick<Registration, 'fields' | 'entrants'>) {
  const asked = registration.fields.map((field) => [field.code, form.answers[field.code]?.trim() ?? ''] as const)
  return {
    group: form.group,
    team: registration.entrants === 'individuals' ? null : form.team.trim() || null,
    answers: Object.fromEntries(asked.filter(([, text]) => text !== '')),
  }
}

/** What is missing, by the paths that the hall would name. */
export function missing(form: Form, registration: Pick<Registration, 'fields' | 'entrants' | 'groups'>): string[] {
  return [
    ...(registration.groups.length > 0 && form.group === '' ? ['group'] : []),
    ...(registration.entrants === 'teams' && form.team.trim() === '' ? ['team'] : []),
    ...registration.fields.filter((field) => field.required && !form.answers[field.code]?.trim()).map((field) => `answers.${field.code}`),
  ]
}

/** What the hall found at fault, by path. */
export function faultsIn(error: unknown): Map<string, Text> {
  const fields = error instanceof HallProblem ? (error.problem.fields ?? []) : []
  return new Map(fields.map((field) => [field.path, field.detail]))
}

/** A time as `datetime-local` has it, and back; empty for none. */
export function localTime(at: string | null): string {
  if (at === null) return ''
  const when = new Date(at)
  const local = new Date(when.getTime() - when.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}
export const wireTime = (local: string): string | null => (local === '' ? null : new Date(local).toISOString())
