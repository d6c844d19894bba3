/** Heights of rows that exist only while they are in view: they follow the type, which grows by the reader's choice and on very wide windows. */
import { computed, type ComputedRef } from 'vue'
import { useTheme } from '@shared/theme'
import { useWide } from './useWide'

const LARGE_TEXT = 1.25
const ROOT_PX = 16

/** `px` at the usual size of the type. The widths are those of stage.css. */
export function useRowHeight(px: () => number): ComputedRef<number> {
  const { largeText } = useTheme()
  const steps = [useWide(2560), useWide(3400)]
  const root = computed(() => (steps.map((each) => each.value), parseFloat(getComputedStyle(document.documentElement).fontSize) || ROOT_PX))
  return computed(() => Math.round(px() * (largeText.value ? LARGE_TEXT : 1) * (root.value / ROOT_PX)))
}
