/**
 * The hall's answers to reading, kept on the tablet: what was read once can be read again without a network, and says
 * from when it is.
 */

import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { HallProblem, HallUnreachable, hall } from '@shared/api/http'
import { useNow } from '@shared/live/now'
import type { Storage } from './outbox/storage'

let storage: Storage | null = null
let tell: (fault: unknown) => void = () => {}
export const cachedPages = {
  use: (opened: Storage) => {
    storage = opened
  },
  /** Who wants to know what every reading came to: null for an answer, otherwise the fault. */
  listen: (heard: (fault: unknown) => void) => {
    tell = heard
  },
}

export const sheetPage = (contest: string, run: string) => `/api/contests/${contest}/runs/${run}/sheet`

export const photosPage = (contest: string, run: string) => `/api/contests/${contest}/runs/${run}/photos`

/** Only words are waited for: what they describe is shown without them. */
const KEPT_TIMEOUT_MS = 10_000

/** A page as this tablet has it, else as the hall gives it now; null where neither does. */
export async function keptPage<T>(address: string, owner: string): Promise<T | null> {
  const kept = await storage?.page(`${owner}|${address}`).catch(() => null)
  if (kept) return kept.body as T
  try {
    return await hall.get<T>(address, undefined, owner, KEPT_TIMEOUT_MS)
  } catch (fault) {
    if (fault instanceof HallUnreachable || fault instanceof HallProblem) return null
    throw fault
  }
}

export interface CachedPage<T> {
  body: ShallowRef<T | null>
  /** When the hall said so. */
  at: Ref<number | null>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  /** Shown from the tablet's memory, or from an answer that should have been followed by a newer one. */
  stale: ComputedRef<boolean>
  reload: () => Promise<void>
}

/** Two answers may be missing before what is shown is called old; a little more, so that a slow answer isn't. */
const OLD_AFTER_PERIODS = 2
const SLACK_MS = 2_000

type Reading<T> = (path: string, signal: AbortSignal, account: string) => Promise<T>

/** `path` null reads nothing. `everyMs` repeats while the page is seen. `owner` keeps two judges' pages apart. */
export function useCachedPage<T>(path: () => string | null, owner: () => string, everyMs = 0, read: Reading<T> = hall.get): CachedPage<T> {
  const body = shallowRef<T | null>(null)
  const at = ref<number | null>(null)
  const error = shallowRef<unknown>(null)
  const loading = ref(false)
  /** Whether the last reading was answered; false until the first one is. */
  const answered = ref(false)
  const now = useNow(1_000)
  const old = computed(() => everyMs > 0 && now.value - (at.value ?? 0) > OLD_AFTER_PERIODS * everyMs + SLACK_MS)
  const stale = computed(() => body.value !== null && (!answered.value || old.value))
  let request: AbortController | null = null

  async function reload() {
    const address = path()
    if (address === null) return
    request?.abort()
    const mine = (request = new AbortController())
    loading.value = true
    try {
      const fresh = await read(address, mine.signal, owner())
      if (mine.signal.aborted) return
      body.value = fresh
      at.value = Date.now()
      error.value = null
      answered.value = true
      tell(null)
      await storage?.keepPage(`${owner()}|${address}`, { body: fresh, at: at.value }).catch(() => {})
    } catch (fault) {
      if (mine.signal.aborted) return
      if (!(fault instanceof HallUnreachable || fault instanceof HallProblem)) throw fault
      // A sheet on the screen stays there; only an answer that forbids it takes it away.
      answered.value = false
      if (body.value === null || (fault instanceof HallProblem && [403, 404].includes(fault.status))) error.value = fault
      tell(fault)
    } finally {
      if (request === mine) {
        request = null
        loading.value = false
      }
    }
  }

  async function open() {
    const address = path()
    request?.abort()
    request = null
    body.value = null
    at.value = null
    error.value = null
    answered.value = false
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
  // An answer that takes longer than a period is waited for: asking anew would throw it away, each time.
  const inTurn = () => {
    if (request === null) again()
  }
  const timer = everyMs > 0 ? setInterval(inTurn, everyMs) : undefined
  addEventListener('online', again)
  document.addEventListener('visibilitychange', inTurn)
  onScopeDispose(() => {
    clearInterval(timer)
    removeEventListener('online', again)
    document.removeEventListener('visibilitychange', inTurn)
    request?.abort()
  })
  return { body, at, error, loading, stale, reload }
}
