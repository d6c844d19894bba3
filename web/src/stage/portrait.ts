/** What a portrait is drawn and read from. Pure. */

import type { Schemas } from '@shared/api/client'
import { parseMark } from '@shared/marks'

export type Portrait = Schemas['PortraitShown']
export type AbilityPlace = Schemas['AbilityPlace']
export type ModulePlace = Schemas['ModulePlace']
export type Appearance = Schemas['Appearance']

/** The sign stays with its figure at the end of a line. */
export const percent = (share: number) => `${Math.round(share * 100)}\u00a0%`

/** Marks ahead (above zero) or behind, in hundredths; null where there is nobody to compare with. */
export function aheadBy(own: string, other: string | null): number | null {
  const [mine, his] = [parseMark(own), other === null ? null : parseMark(other)]
  return mine === null || his === null ? null : mine - his
}

/** Of the maximum, 0 to 1. */
export function shareOf(mark: string, max: string): number {
  const [given, most] = [parseMark(mark) ?? 0, parseMark(max) ?? 0]
  return most > 0 ? given / most : 0
}

/** A contest's results by the best first are read from left to right: rank 1 of 40 is 1, the last is 0; alone is the first. */
export function placeIn(rank: number | null, ranked: number): number | null {
  if (rank === null || ranked < 1) return null
  return ranked === 1 ? 1 : 1 - (rank - 1) / (ranked - 1)
}
