import { onScopeDispose, ref } from 'vue'

/** Whether the window is at least so wide; rows need their height in numbers, so CSS alone can't decide. */
export function useWide(px: number) {
  const query = matchMedia(`(min-width: ${px}px)`)
  const wide = ref(query.matches)
  const changed = () => (wide.value = query.matches)
  query.addEventListener('change', changed)
  onScopeDispose(() => query.removeEventListener('change', changed))
  return wide
}
