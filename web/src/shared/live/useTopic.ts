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
  /** Entries whose key begins with `prefix`, a kind and its slash like `r/`; the prefix is cut off. */
  under: <T>(prefix: string) => [string, T][]
}

/** Counts, beside its values, how often something under each prefix has changed: who reads all of one kind is not bothered by the others. */
class ByKind extends Map<string, unknown> {
  readonly changes = shallowReactive(new Map<string, number>())

  override set(key: string, value: unknown) {
    if (!this.has(key) || this.get(key) !== value) this.#changed(key)
    return super.set(key, value)
  }
  override delete(key: string) {
    if (this.has(key)) this.#changed(key)
    return super.delete(key)
  }
  override clear() {
    for (const key of this.keys()) this.#changed(key)
    super.clear()
  }
  /** All whose key begins with `prefix`, which ends at the key's first slash. */
  under<T>(prefix: string): [string, T][] {
    this.changes.get(prefix)
    const found: [string, T][] = []
    for (const [key, value] of this) if (key.startsWith(prefix)) found.push([key.slice(prefix.length), value as T])
    return found
  }

  #changed(key: string) {
    const kind = key.slice(0, key.indexOf('/') + 1)
    this.changes.set(kind, (this.changes.get(kind) ?? 0) + 1)
  }
}

const UNHEARD: Link = { state: 'connecting', heardAt: null }

export function useTopic(url: MaybeRefOrGetter<string | null>): Topic {
  const kinds = new ByKind()
  const values = shallowReactive(kinds)
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
    under: <T>(prefix: string) => kinds.under<T>(prefix),
  }
}
