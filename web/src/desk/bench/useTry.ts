/** Recorded runs judged by a text, by itself after a pause and when asked. A newer wish ends the one before. */

import { onScopeDispose, ref, shallowRef } from 'vue'
import { hall } from '@shared/api/http'
import type { RulesTried } from './wire'

const AFTER_MS = 700
/** All runs of a final are judged anew; that may take its time. */
export const PATIENCE_MS = 180_000

export function useTry(contest: () => string) {
  const tried = shallowRef<RulesTried | null>(null)
  /** The text that `tried` belongs to. */
  const of = ref<string | null>(null)
  const error = shallowRef<unknown>(null)
  const busy = ref(false)
  let request: AbortController | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined

  function stop() {
    clearTimeout(waiting)
    request?.abort()
    busy.value = false
  }
  async function go(scheme: string) {
    stop()
    const mine = (request = new AbortController())
    busy.value = true
    error.value = null
    try {
      const found = await hall.write<RulesTried>('POST', `/api/contests/${contest()}/rules/try`, { body: { scheme }, signal: mine.signal, timeoutMs: PATIENCE_MS })
      if (mine.signal.aborted) return
      tried.value = found
      of.value = scheme
    } catch (fault) {
      if (!mine.signal.aborted) error.value = fault
    } finally {
      if (request === mine && !mine.signal.aborted) busy.value = false
    }
  }
  function soon(scheme: string) {
    stop()
    error.value = null
    waiting = setTimeout(() => void go(scheme), AFTER_MS)
  }
  function clear() {
    stop()
    tried.value = null
    of.value = null
    error.value = null
  }
  onScopeDispose(stop)
  return { tried, of, error, busy, go, soon, stop, clear }
}
