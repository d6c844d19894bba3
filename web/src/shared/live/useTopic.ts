/**
 * A live topic in a component: `const overall = useTopic(() => '/live/contests/x/overall')`, then `overall.get('h')`.
 *
 * Values are tracked key by key, so a changed mark repaints its row and nothing else. The connection ends with the
 * component and changes with the address; until the first frame of the new topic the map is empty.
 */
import { onScopeDispose, shallowReactive, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { TopicReader, type Link } from './connection'

export interface Topic {
  readonly values: ReadonlyMap<string, unknown>
  readonly link: Readonly<{ value: Link }>
  get: <T>(key: string) => T | undefined
  /** Entries whose key begins with `prefix`, e.g. `r/`; the prefix is cut off. */
  under: <T>(prefix: string) => [string, T][]
}

const UNHEARD: Link = { state: 'connecting', heardAt: null }

export function useTopic(url: MaybeRefOrGetter<string | null>): Topic {
  const values = shallowReactive(new Map<string, unknown>())
  const link = shallowRef<Link>(UNHEARD)
  let reader: TopicReader | null = null

  watch(
    () => toValue(url),
    (address) => {
      reader?.close()
      reader = null
      values.clear()
      link.value = UNHEARD
      if (address === null) return
      reader = new TopicReader(address, values, (now) => (link.value = now))
      reader.open()
    },
    { immediate: true },
  )
  onScopeDispose(() => reader?.close())

  return {
    values,
    link,
    get: <T>(key: string) => values.get(key) as T | undefined,
    under: <T>(prefix: string) => {
      const found: [string, T][] = []
      for (const [key, value] of values) if (key.startsWith(prefix)) found.push([key.slice(prefix.length), value as T])
      return found
    },
  }
}
