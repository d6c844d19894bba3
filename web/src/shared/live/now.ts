/** The time of day as a ref that ticks; one timer for the whole page, stopped while nobody looks. */
import { getCurrentScope, onScopeDispose, readonly, ref } from 'vue'

const now = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

export function useNow(everyMs = 250) {
  users += 1
  now.value = Date.now()
  timer ??= setInterval(() => {
    if (document.visibilityState !== 'hidden') now.value = Date.now()
  }, everyMs)
  if (getCurrentScope()) {
    onScopeDispose(() => {
      users -= 1
      if (users === 0) {
        clearInterval(timer)
        timer = undefined
      }
    })
  }
  return readonly(now)
}
