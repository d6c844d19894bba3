/** Names of the hall's persons: statements name them by id only. */

import { computed } from 'vue'
import type { Schemas } from '@shared/api/client'
import { useRows } from '../resource'

export function usePersons() {
  const { body } = useRows<Schemas['Person']>(() => '/api/persons')
  const byId = computed(() => new Map((body.value ?? []).map((person) => [person.id as string, person])))
  return { personOf: (id: string) => byId.value.get(id), nameOf: (id: string) => byId.value.get(id)?.name }
}
