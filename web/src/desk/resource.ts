/** Reading from the hall in a component: what is there, whether it is loading, what went wrong, and once more. */

import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { everyItem } from '@shared/api/client'
import { HallProblem, hall } from '@shared/api/http'
import { useSession } from './session'

export function useResource<T>(path: () => string | null, read: (path: string, signal: AbortSignal) => Promise<T> = (at, signal) => hall.get<T>(at, signal)) {
  const body = shallowRef<T | null>(null)
  const error = shallowRef<unknown>(null)
  const loading = ref(false)
  let request: AbortController | null = null

  async function reload() {
    const address = path()
    request?.abort()
    if (address === null) return
    const mine = (request = new AbortController())
    loading.value = true
    error.value = null
    try {
      const fresh = await read(address, mine.signal)
      if (!mine.signal.aborted) body.value = fresh
    } catch (fault) {
      if (mine.signal.aborted) return
      error.value = fault
      if (fault instanceof HallProblem && fault.status === 401) void useSession().check()
    } finally {
      if (request === mine) loading.value = false
    }
  }
  watch(
    path,
    () => {
      body.value = null
      void reload()
    },
    { immediate: true },
  )
  onScopeDispose(() => request?.abort())
  return { body, error, loading, reload }
}

/** The desk searches and sorts whole lists; a list longer than this says so. */
export const ROWS_MOST = 5_000

export const allPages = <T>(path: string, signal: AbortSignal): Promise<T[]> => everyItem<T>(path, signal, undefined, ROWS_MOST)

export const useRows = <T>(path: () => string | null) => useResource<T[]>(path, allPages<T>)
