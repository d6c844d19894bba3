/** What a contest that is about to open still lacks, as far as this person may know. */

import { api, everyPage, type Schemas } from '@shared/api/client'
import { drawOf } from '@shared/api/draw'
import { covers } from '../reach'
import type { Grant } from '../wire'

export interface Signing {
  name: string
  has_password: boolean
  disabled_at?: string | null
  roles: readonly Grant[]
}
export interface Readiness {
  entries: number
  judges: number
  /** Undefined while it is not for this person to know. */
  chiefs: number | undefined
  /** Judges and other officials who can't sign in, by name; undefined as above. */
  officialsWithoutPassword: string[] | undefined
  competitorsWithoutPassword: number | undefined
  /** Runs whose panel can't be formed, each with why. */
  panels: string[]
  /** The rule set declares a draw and no lots are drawn. */
  undrawn?: boolean
}

const ofContest = (grant: Grant, contest: string) => 'contest' in grant.scope && grant.scope.contest === contest
const presides = (grant: Grant, contest: string) => grant.role === 'chief_judge' && covers(grant.scope, contest)

/** `accounts` undefined where they are not this person's to see: then his own roles are all that is known. */
export function readiness(contest: string, entries: number, judges: number, accounts: readonly Signing[] | undefined, own: readonly Grant[], panels: readonly string[] = []): Readiness {
  const open = accounts?.filter((account) => !account.disabled_at)
  const mute = open?.filter((account) => !account.has_password)
  const has = (account: Signing, which: (role: string) => boolean) => account.roles.some((grant) => ofContest(grant, contest) && which(grant.role))
  const presiding = own.some((grant) => presides(grant, contest))
  const officials = mute?.filter((account) => has(account, (role) => role !== 'competitor') || account.roles.some((grant) => presides(grant, contest)))
  return {
    entries,
    judges,
    chiefs: open ? open.filter((account) => account.roles.some((grant) => presides(grant, contest))).length : presiding ? 1 : undefined,
    panels: [...panels],
    officialsWithoutPassword: officials?.map((account) => account.name),
    competitorsWithoutPassword: mute?.filter((account) => !officials?.includes(account) && has(account, (role) => role === 'competitor')).length,
  }
}

export interface Warning {
  /** A word of `desk.opening`. */
  says: 'noEntries' | 'noJudges' | 'noLots' | 'panelsShort' | 'noChief' | 'noPasswords' | 'noCompetitorPasswords' | 'accountsUnknown' | 'passwordsUnknown'
  /** Not a lack: something that this person can't see. */
  unknown: boolean
  names: string[]
  n: number
}
export const NAMES_MOST = 5

/** The gravest first; what nobody could find out stands last. */
export function warningsOf(found: Readiness): Warning[] {
  const warning = (says: Warning['says'], n = 0, names: string[] = []): Warning => ({ says, unknown: says.endsWith('Unknown'), names: names.slice(0, NAMES_MOST), n })
  const { chiefs, officialsWithoutPassword: officials, competitorsWithoutPassword: competitors } = found
  return [
    ...(found.entries === 0 ? [warning('noEntries')] : []),
    ...(found.undrawn && found.entries > 0 ? [warning('noLots')] : []),
    ...(found.judges === 0 ? [warning('noJudges')] : []),
    ...(found.judges > 0 && found.panels.length ? [warning('panelsShort', found.panels.length, found.panels)] : []),
    ...(chiefs === 0 ? [warning('noChief')] : []),
    ...(officials?.length ? [warning('noPasswords', officials.length, officials)] : []),
    ...(competitors ? [warning('noCompetitorPasswords', competitors)] : []),
    ...(officials === undefined ? [warning(chiefs === undefined ? 'accountsUnknown' : 'passwordsUnknown')] : []),
  ]
}

/** `inWords`: a run whose panel is too small, and why. */
export async function readReadiness(contest: string, seesAccounts: boolean, own: readonly Grant[], inWords: (short: Schemas['PanelShort']) => string, signal: AbortSignal): Promise<Readiness> {
  const path = { contest }
  const [shown, draw, judges, accounts, panels] = await Promise.all([
    api.GET('/api/contests/{contest}', { params: { path }, signal }).then(({ data }) => data),
    drawOf(contest, signal),
    everyPage(() => api.GET('/api/contests/{contest}/judges', { params: { path }, signal })),
    seesAccounts ? everyPage<Schemas['Account']>((cursor) => api.GET('/api/accounts', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal })) : undefined,
    everyPage<Schemas['PanelShort']>((cursor) => api.GET('/api/contests/{contest}/panels', { params: { path, query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal })),
  ])
  const found = readiness(contest, shown?.entries ?? 0, judges.length, accounts as readonly Signing[] | undefined, own, panels.map(inWords))
  return { ...found, undrawn: draw.state === 'open' }
}
