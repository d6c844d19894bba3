/** A text, read by the hall as it changes: the newest text counts, an answer to an older one is forgotten. */

import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, type Schemas } from '@shared/api/client'

const AFTER_MS = 400

type Ask<Answer> = (text: string, signal: AbortSignal) => Promise<Answer | null>
const asScheme: Ask<Schemas['SchemeChecked']> = async (scheme, signal) => (await api.POST('/api/schemes/check', { body: { scheme }, signal })).data ?? null

/** As a scheme, or as what else `ask` takes it for; read again when what it is held `against` has changed. */
export function useCheck(text: () => string): ReturnType<typeof checker<Schemas['SchemeChecked']>>
export function useCheck<Answer>(text: () => string, ask: Ask<Answer>, against: () => unknown): ReturnType<typeof checker<Answer>>
export function useCheck(text: () => string, ask: Ask<unknown> = asScheme, against: () => unknown = () => null) {
  return checker(text, ask, against)
}

function checker<Answer>(text: () => string, ask: Ask<Answer>, against: () => unknown) {
  const checked = shallowRef<Answer | null>(null)
  const error = shallowRef<unknown>(null)
  const checking = ref(false)
  let asked: AbortController | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined

  async function check() {
    asked?.abort()
    const mine = (asked = new AbortController())
    const now = text()
    error.value = null
    if (now.trim() === '') {
      checked.value = null
      checking.value = false
      return
    }
    checking.value = true
    try {
      const answer = await ask(now, mine.signal)
      if (!mine.signal.aborted) checked.value = answer
    } catch (fault) {
      if (!mine.signal.aborted) error.value = fault
    } finally {
      if (!mine.signal.aborted) checking.value = false
    }
  }
  watch(
    [text, against],
    ([now]) => {
      checked.value = null
      asked?.abort()
      clearTimeout(waiting)
      checking.value = now.trim() !== ''
      waiting = setTimeout(check, AFTER_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(waiting)
    asked?.abort()
  })
  return { checked, error, checking, check }
}
