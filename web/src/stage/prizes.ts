/** Who has which prize: known when the contest is final, and asked for once. */
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
const known = new Map<string, Ref<Prizes | null>>()

/** Nothing is asked until the contest is `over`; a hall that doesn't answer is asked again on the next page. `published`: there is a pack. */
export function usePrizes(contest: string, over: () => boolean) {
  const found = known.get(contest) ?? shallowRef<Prizes | null>(null)
  watchEffect(() => {
    if (!over() || known.has(contest)) return
    known.set(contest, found)
    resultsOf(contest)
      .then((results) => (found.value = prizesBy(results.standing.prizes)))
      .catch(() => known.delete(contest))
  })
  const prizes = computed(() => (over() && found.value) || NONE)
  return { prizesOf: (entry: string) => prizes.value.entries.get(entry) ?? NO_AWARDS, prizesOfTeam: (team: string) => prizes.value.teams.get(team) ?? NO_AWARDS, published: computed(() => over() && found.value !== null) }
}
