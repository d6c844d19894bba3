/** Whom this spectator follows; kept on the device, by contest. */
import { ref, type Ref } from 'vue'

const known = new Map<string, Ref<readonly string[]>>()
const keptUnder = (contest: string) => `guildhall.followed.${contest}`

function read(contest: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keptUnder(contest)) ?? '[]')
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === 'string') : []
  } catch {
    return []
  }
}

export function useFollowed(contest: string) {
  const followed = known.get(contest) ?? ref<readonly string[]>(read(contest))
  known.set(contest, followed)
  const toggle = (entry: string) => {
    followed.value = followed.value.includes(entry) ? followed.value.filter((id) => id !== entry) : [...followed.value, entry]
    try {
      localStorage.setItem(keptUnder(contest), JSON.stringify(followed.value))
    } catch {
      // without storage the choice lasts as long as the page
    }
  }
  return { followed, toggle }
}
