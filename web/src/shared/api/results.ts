/**
 * Results, their signatures and rule sets, as the hall tells them. The shapes stand here until `contract/openapi.json` has them; then this
 * file asks by the generated client, and no other changes.
 */
import { hall } from './http'
import type { Schemas } from './client'
import type { Text } from '../text'

export type SigningRole = 'chief_judge' | 'supervisor'
export interface Signature {
  role: SigningRole
  /** Null: not signed, or signed for a result that has changed since. */
  signed_at: string | null
  /** Told to those who sign. */
  by: string | null
  /** What was signed is not the result any more. */
  is_stale: boolean
}
/** A file that decided: which one, and its hash. */
export interface Deciding {
  id: string
  version: number
  hash: string
}
export interface Ranked {
  entry: string
  no: string
  group: string
  team: string | null
  rank: number | null
  group_rank: number | null
  total: string
  practice: string
  theory: string
  time_ms: number | null
  modules: Record<string, string>
  abilities: Record<string, string>
  /** Of those that have a mark. */
  aspects: Record<string, string>
  why: Text
  why_in_group: Text
}
export interface RankedTeam {
  team: string
  name: Text | string
  rank: number | null
  total: string
  time_ms: number | null
  why: Text
}
/** A prize and who has it: an entry or a team. */
export interface Award {
  prize: string
  name: Text
  group: string | null
  rank: number | null
  /** On the scale of the rule set, where it has one. */
  points: string | null
  entry: string | null
  team: string | null
  why: Text
}
export interface Results {
  state: 'review' | 'final'
  /** Of everything that was decided: who signs, signs this. */
  digest: string
  signatures: Signature[]
  standing: {
    format: string
    contest: string
    name: Text
    scheme: Deciding
    rule_set: Deciding | null
    entries: Ranked[]
    teams: RankedTeam[]
    prizes: Award[]
  }
  /** None where the contest is blind. */
  names: { entry: string; name: string; organisation: Text }[]
}
export interface HallKey {
  algorithm: string
  key: string
}
export interface RuleSetListed {
  name: string
  id: string
  version: number
  title: Text
  source: string
  hash: string
}
export interface RuleSetShown {
  source: string
  id: string
  version: number
  title: Text
  hash: string
}
export interface RuleSetChecked {
  summary: { id: string; version: number; title: Text } | null
  faults: Schemas['SchemeFault'][]
}
/** A contest to be made, with the text of its rule set. */
export type NewContest = Schemas['NewContest'] & { rule_set: string | null }

const at = (contest: string, rest: string) => `/api/contests/${encodeURIComponent(contest)}/${rest}`

export const resultsOf = (contest: string, signal?: AbortSignal) => hall.get<Results>(at(contest, 'results'), signal)
export const signResults = (contest: string, role: SigningRole, digest: string, key: string) => hall.post<Results>(at(contest, 'results/signatures'), { role, digest }, key)
/** Where everything that decided can be fetched, for anybody to compute again. */
export const packAddress = (contest: string) => at(contest, 'results/pack')
export const hallKey = (signal?: AbortSignal) => hall.get<HallKey>('/api/hall/key', signal)
export const ruleSetOf = (contest: string, signal?: AbortSignal) => hall.get<RuleSetShown>(at(contest, 'rule-set'), signal)
export const shippedRuleSets = async (signal?: AbortSignal) => (await hall.get<{ items: RuleSetListed[] }>('/api/rule-sets', signal)).items
export const checkRuleSet = (ruleSet: string, scheme: string | null, signal?: AbortSignal) => hall.write<RuleSetChecked>('POST', '/api/rule-sets/check', { body: { rule_set: ruleSet, scheme }, ...(signal ? { signal } : {}) })
