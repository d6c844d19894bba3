/**
 * The hall's HTTP doors by their types, from `contract/openapi.json` (`npm run generate`): a path, a parameter or a field that
 * the hall does not know is a compile error. Refusals and silence are thrown as in `http.ts`, so `data` is there when it returns.
 */
import createClient from 'openapi-fetch'
import { hallFetch } from './http'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

export const api = createClient<paths>({ baseUrl: location.origin, fetch: hallFetch })

/** All pages of a list, in order. */
export async function everyPage<T>(ask: (cursor: string | undefined) => Promise<{ data?: { items: T[]; next?: string | null } }>): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const { data } = await ask(cursor)
    items.push(...(data?.items ?? []))
    cursor = data?.next ?? undefined
  } while (cursor !== undefined)
  return items
}
