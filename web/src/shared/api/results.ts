/** Results, their signatures and rule sets, as the hall tells them. */
import { hall } from './http'
import type { Schemas } from './client'

export type SigningRole = 'chief_judge' | 'supervisor' | 'organiser'
export type Signature = Omit<Schemas['SignatureWanted'], 'role'> & { role: SigningRole }
/** A file that decided: which one, and its hash. */
export type Deciding = Schemas['Source']
export type Ranked = Schemas['EntryResult']
export type RankedTeam = Schemas['TeamResult']
/** A prize and who has it: an entry or a team. */
export type Award = Schemas['PrizeGiven']
/** Results are told in review and when they are final, and signed in the roles of the rule set. */
export type Results = Omit<Schemas['ResultsShown'], 'signatures' | 'state'> & { signatures: Signature[]; state: 'review' | 'final' }
export type HallKey = Schemas['HallKey']
export type RuleSetListed = Schemas['ShippedRuleSet']
export type RuleSetShown = Schemas['RuleSetShown']
export type RuleSetChecked = Schemas['RuleSetChecked']
export type NewContest = Schemas['NewContest']

const at = (contest: string, rest: string) => `/api/contests/${encodeURIComponent(contest)}/${rest}`

export const resultsOf = (contest: string, signal?: AbortSignal) => hall.get<Results>(at(contest, 'results'), signal)
export const signResults = (contest: string, role: SigningRole, digest: string, key: string) => hall.post<Results>(at(contest, 'results/signatures'), { role, digest }, key)
/** Where everything that decided can be fetched, for anybody to compute again. */
export const packAddress = (contest: string) => at(contest, 'results/pack')
export const hallKey = (signal?: AbortSignal) => hall.get<HallKey>('/api/hall/key', signal)
export const ruleSetOf = (contest: string, signal?: AbortSignal) => hall.get<RuleSetShown>(at(contest, 'rule-set'), signal)
export const shippedRuleSets = async (signal?: AbortSignal) => (await hall.get<{ items: RuleSetListed[] }>('/api/rule-sets', signal)).items
export const checkRuleSet = (ruleSet: string, scheme: string | null, signal?: AbortSignal) => hall.write<RuleSetChecked>('POST', '/api/rule-sets/check', { body: { rule_set: ruleSet, scheme }, ...(signal ? { signal } : {}) })
