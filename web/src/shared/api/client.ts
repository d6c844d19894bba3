/**
 * The hall's HTTP doors by their types, from `contract/openapi.json` (`npm run generate`): a path, a parameter or a field that
 * the hall does not know is a compile error. Refusals and silence are thrown as in `http.ts`, so `data` is there when it returns.
 */
import createClient from 'openapi-fetch'
import { hall, hallFetch } from './http'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

export const api = createClient<paths>({ baseUrl: location.origin, fetch: hallFetch })

/** All pages of a list, in order; no further than `most` items. */
export async function everyPage<T>(ask: (cursor: string | undefined) => Promise<{ data?: { items: T[]; next?: string | null } }>, most = Infinity): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const { data } = await ask(cursor)
    items.push(...(data?.items ?? []))
    cursor = data?.next ?? undefined
  } while (cursor !== undefined && items.length < most)
  return items
}

const PAGE = 200

/** The same by an address, where the type is the caller's. */
export const everyItem = <T>(path: string, signal?: AbortSignal, account?: string, most?: number): Promise<T[]> =>
  everyPage(async (cursor) => {
    const address = `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
    return { data: await hall.get<{ items: T[]; next: string | null }>(address, signal, account) }
  }, most)
