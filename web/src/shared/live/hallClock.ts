/**
 * How far this device's clock is from the hall's, as the `Date` of its answers tells. Running clocks are shown by the hall's
 * time, so that a tablet that is a minute late does not show a run a minute short.
 */
import { ref } from 'vue'

/** Below this the header's whole seconds and the way of the answer say nothing. */
const TOLERANCE_MS = 2_000

/** Milliseconds to add to this device's clock; 0 unless the difference is plain. */
export const clockOffset = ref(0)

export function noteHallTime(date: string | null, now: number) {
  const hall = date === null ? NaN : Date.parse(date)
  if (Number.isNaN(hall)) return
  // The header has whole seconds, so its moment lies half a second later on average.
  const offset = hall + 500 - now
  clockOffset.value = Math.abs(offset) > TOLERANCE_MS ? offset : 0
}
