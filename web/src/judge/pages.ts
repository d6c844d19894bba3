/**
 * The hall's answers to reading, kept on the tablet: what was read once can be read again without a network, and says
 * from when it is.
 */

import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { HallProblem, HallUnreachable, hall } from '@shared/api/http'
import type { Storage } from './outbox/storage'

let storage: Storage | null = null
export const cachedPages = {
  use: (opened: Storage) => {
    storage = opened
  },
}

export interface CachedPage<T> {
  body: ShallowRef<T | null>
  /** When the hall said so. */
  at: Ref<number | null>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  /** Shown from the tablet's memory because the hall can't be reached. */
  stale: Ref<boolean>
  reload: () => Promise<void>
}

/** `path` null reads nothing. `everyMs` repeats while the page is seen. `owner` keeps two judges' pages apart. */
export function useCachedPage<T>(path: () => string | null, owner: () => string, everyMs = 0): CachedPage<T> {
  const body = shallowRef<T | null>(null)
  const at = ref<number | null>(null)
  const error = shallowRef<unknown>(null)
  const loading = ref(false)
  const stale = ref(false)
  let request: AbortController | null = null

  async function reload() {
    const address = path()
    if (address === null) return
    request?.abort()
    const mine = (request = new AbortController())
    loading.value = true
    try {
      const fresh = await hall.get<T>(address, mine.signal, owner())
      if (mine.signal.aborted) return
      body.value = fresh
      at.value = Date.now()
      error.value = null
      stale.value = false
      await storage?.keepPage(`${owner()}|${address}`, { body: fresh, at: at.value }).catch(() => {})
    } catch (fault) {
      if (mine.signal.aborted) return
      // A sheet on the screen stays there; only an answer that forbids it takes it away.
      stale.value = body.value !== null
      if (body.value === null || (fault instanceof HallProblem && [403, 404].includes(fault.status))) error.value = fault
      else if (!(fault instanceof HallUnreachable || fault instanceof HallProblem)) throw fault
    } finally {
      if (request === mine) loading.value = false
    }
  }

  async function open() {
    const address = path()
    body.value = null
    at.value = null
    error.value = null
    if (address === null) return
    loading.value = true
    const kept = await storage?.page(`${owner()}|${address}`).catch(() => null)
    if (kept && path() === address && body.value === null) {
      body.value = kept.body as T
      at.value = kept.at
    }
    await reload()
  }

  watch([path, owner], () => void open(), { immediate: true })
  const again = () => {
    if (document.visibilityState === 'visible') void reload()
  }
  const timer = everyMs > 0 ? setInterval(again, everyMs) : undefined
  addEventListener('online', again)
  document.addEventListener('visibilitychange', again)
  onScopeDispose(() => {
    clearInterval(timer)
    removeEventListener('online', again)
    document.removeEventListener('visibilitychange', again)
    request?.abort()
  })
  return { body, at, error, loading, stale, reload }
}
