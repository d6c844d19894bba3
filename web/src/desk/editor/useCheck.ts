/** A scheme's text, read by the hall as it changes: the newest text counts, an answer to an older one is forgotten. */

import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, type Schemas } from '@shared/api/client'

const AFTER_MS = 400

export function useCheck(text: () => string) {
  const checked = shallowRef<Schemas['SchemeChecked'] | null>(null)
  const error = shallowRef<unknown>(null)
  const checking = ref(false)
  let asked: AbortController | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined

  async function check() {
    asked?.abort()
    const mine = (asked = new AbortController())
    const scheme = text()
    error.value = null
    if (scheme.trim() === '') {
      checked.value = null
      checking.value = false
      return
    }
    checking.value = true
    try {
      const { data } = await api.POST('/api/schemes/check', { body: { scheme }, signal: mine.signal })
      if (!mine.signal.aborted) checked.value = data ?? null
    } catch (fault) {
      if (!mine.signal.aborted) error.value = fault
    } finally {
      if (!mine.signal.aborted) checking.value = false
    }
  }
  watch(
    text,
    (now) => {
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
