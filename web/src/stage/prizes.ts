/** Who has which prize: known when the contest is final, and asked for anew when an appeal may have changed it. */
import { computed, shallowRef, watchEffect, type Ref } from 'vue'
import { resultsOf, type Award } from '@shared/api/results'

export interface Prizes {
  entries: ReadonlyMap<string, readonly Award[]>
  teams: ReadonlyMap<string, readonly Award[]>
}

/** Pure. A prize that nobody has is nobody's. */
export function prizesBy(awards: readonly Award[]): Prizes {
  const [entries, teams] = [new Map<string, Award[]>(), new Map<string, Award[]>()]
  for (const award of awards) {
    for (const [map, id] of [[entries, award.entry], [teams, award.team]] as const) if (id !== null) map.set(id, [...(map.get(id) ?? []), award])
  }
  return { entries, teams }
}

const NONE = prizesBy([])
const NO_AWARDS: readonly Award[] = []
interface Known {
  /** Of which moment it is: see `usePrizes`. */
  of: string | null
  found: Ref<Prizes | null>
}
const known = new Map<string, Known>()

/**
 * `moment`: null until the contest is over; then whatever changes with the result, such as who is under review. Each moment is asked for once, and until
 * its answer is here the last one stands. A hall that doesn't answer is asked again on the next page. `published`: there is a pack.
 */
export function usePrizes(contest: string, moment: () => string | null) {
  const kept = known.get(contest) ?? { of: null, found: shallowRef<Prizes | null>(null) }
  known.set(contest, kept)
  watchEffect(() => {
    const now = moment()
    if (now === kept.of) return
    kept.of = now
    if (now === null) return
    const current = () => kept.of === now
    resultsOf(contest)
      .then((results) => {
        if (current()) kept.found.value = prizesBy(results.standing.prizes)
      })
      .catch(() => {
        if (current()) kept.of = null
      })
  })
  const over = () => moment() !== null
  const prizes = computed(() => (over() && kept.found.value) || NONE)
  return { prizesOf: (entry: string) => prizes.value.entries.get(entry) ?? NO_AWARDS, prizesOfTeam: (team: string) => prizes.value.teams.get(team) ?? NO_AWARDS, published: computed(() => over() && kept.found.value !== null) }
}
