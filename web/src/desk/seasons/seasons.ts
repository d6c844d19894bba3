/** Seasons as the hall tells them, and what a season's page makes of them. */

import type { Schemas } from '@shared/api/client'
import { hall } from '@shared/api/http'

export type SeasonListed = Schemas['SeasonListing']
export type SeasonShown = Schemas['SeasonShown']
export type SeasonContest = Schemas['SeasonContest']
export type Placing = Schemas['Placing']
export type Advancement = Schemas['Advancement']
export type AdvanceRow = Schemas['AdvanceRow']
export type OwnPlace = Schemas['OwnPlace']
export type ShippedSeason = Schemas['ShippedSeason']

const of = (contest: string, rest: string) => `/api/contests/${encodeURIComponent(contest)}/${rest}`

export const advancementAt = (contest: string) => of(contest, 'advancement')
export const placeContest = (contest: string, placing: Placing, key: string) => hall.post<Placing>(of(contest, 'season'), placing, key)
export const confirmAdvancement = (contest: string, digest: string, key: string) => hall.post<Advancement>(of(contest, 'advancement'), { digest }, key)
export const answerPlace = (contest: string, place: string, answer: 'accepted' | 'declined' | 'kept', reason: string | null, key: string) => hall.post<Advancement>(of(contest, `advancement/${encodeURIComponent(place)}/answer`), { answer, reason }, key)
export const answerOwnPlace = (place: string, answer: 'accepted' | 'declined', reason: string | null, key: string) => hall.post<OwnPlace>(`/api/season-places/${encodeURIComponent(place)}/answer`, { answer, reason }, key)
export const checkSeason = (season: string, signal?: AbortSignal) => hall.write<Schemas['SeasonChecked']>('POST', '/api/season-files/check', { body: { season }, ...(signal ? { signal } : {}) })

const PLACES = { offered: ['waiting', 'waiting'], accepted: ['done', 'done'], declined: ['plain', 'close'], replaced: ['plain', 'again'] } as const
/** How a place looks in each of its states. */
export const lookOfPlace = (state: string) => PLACES[state as keyof typeof PLACES] ?? PLACES.offered

/** A contest of the season, in whichever tier. */
export const contestOf = (season: SeasonShown, id: string | null): SeasonContest | undefined => season.tiers.flatMap((tier) => tier.contests).find((contest) => contest.id === id)
export const feedersOf = (season: SeasonShown, id: string) => season.tiers.flatMap((tier) => tier.contests).filter((contest) => contest.target === id).length

/** Where those may go who advance from a tier: contests of the next one that have one of the trades. */
export function targetsFor(season: SeasonShown, tier: string, trades: readonly string[], contest: string): SeasonContest[] {
  const at = season.tiers.findIndex((each) => each.code === tier)
  const next = at < 0 ? undefined : season.tiers[at + 1]
  return (next?.contests ?? []).filter((each) => each.id !== contest && each.trades.some((trade) => trades.includes(trade)))
}

/** Who would be confirmed: those who go on and have no place yet. */
export const toConfirm = (rows: readonly AdvanceRow[]) => rows.filter((row) => row.outcome === 'advances' && row.place === null)
