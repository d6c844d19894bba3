/** Which modules and abilities a competitor has any mark in: one that he was not marked in has no 0. Pure. */
import type { AspectHead, AspectRow } from '@shared/live/wire'

export interface Begun {
  modules: ReadonlySet<string>
  abilities: ReadonlySet<string>
}

/** Null while it isn't known what belongs where. */
export function begunIn(given: readonly [code: string, row: AspectRow][], list: readonly AspectHead[] | undefined): Begun | null {
  if (!list) return null
  const marked = new Set(given.filter(([, [mark]]) => mark !== null).map(([code]) => code))
  const begun = list.filter((aspect) => marked.has(aspect.code))
  return { modules: new Set(begun.flatMap(({ module }) => (module === null ? [] : [module]))), abilities: new Set(begun.flatMap(({ abilities }) => abilities)) }
}

/** A spread whose own mark is left out where there is none. */
export const withoutMark = <Spread extends [number | null, ...unknown[]]>(spread: Spread | undefined, is: boolean): Spread | undefined => (spread && !is ? ([null, ...spread.slice(1)] as Spread) : spread)
