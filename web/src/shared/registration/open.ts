/** Contests that one may apply for, as everybody may know them: which are open, until when, and how many places are left. */
import { shallowRef } from 'vue'
import { api, type Schemas } from '../api/client'

export type Registration = Schemas['RegistrationSeen']

/** Open now, or with a time at which it opens. */
export const isAnnounced = (each: Pick<Registration, 'state'>) => each.state === 'open' || each.state === 'not_yet'

type Limits = Pick<Registration, 'capacity' | 'taken'> & { groups: readonly Pick<Registration['groups'][number], 'capacity' | 'taken'>[] }
/** Places that are free in the whole contest: by its own limit, and by those of its groups where each has one. Null: no limit. */
export function placesLeft({ capacity, taken, groups }: Limits): number | null {
  const whole = capacity === null ? Infinity : Math.max(0, capacity - taken)
  const byGroup = groups.length === 0 ? Infinity : groups.reduce((sum, group) => sum + (group.capacity === null ? Infinity : Math.max(0, group.capacity - group.taken)), 0)
  const left = Math.min(whole, byGroup)
  return left === Infinity ? null : left
}

/** Where one applies. */
export const applyAt = (contest: string) => `/desk/applications?contest=${encodeURIComponent(contest)}`

/** By contest; null until the hall has answered. Without an answer the pages stay as they are: this is an addition to them. */
export function useAnnounced() {
  const announced = shallowRef<ReadonlyMap<string, Registration> | null>(null)
  async function load() {
    try {
      const { data } = await api.GET('/api/registrations')
      announced.value = new Map((data?.items ?? []).filter(isAnnounced).map((each) => [each.contest, each]))
    } catch {
      announced.value = null
    }
  }
  return { announced, load }
}
