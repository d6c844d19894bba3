/** What is typed into a field goes into the text when its author pauses, and at once when he leaves the field. */
import { onBeforeUnmount, ref, watch } from 'vue'

const PAUSE_MS = 350

export function useTyping(value: () => string, word: (word: string, typed: boolean) => void) {
  const typed = ref(value())
  let waiting: ReturnType<typeof setTimeout> | undefined
  // What comes from elsewhere takes the place of what stands here, unless something is being typed.
  watch(value, (now) => {
    if (waiting === undefined) typed.value = now
  })
  function later() {
    clearTimeout(waiting)
    waiting = setTimeout(() => now(true), PAUSE_MS)
  }
  function now(typing = false) {
    clearTimeout(waiting)
    waiting = undefined
    const line = typed.value.replaceAll(/\s*\n\s*/g, ' ').trim()
    if (line !== value()) word(line, typing)
  }
  onBeforeUnmount(() => {
    if (waiting !== undefined) now()
  })
  return { typed, later, now }
}
