/** The archive page by page: what was loaded stays, and goes on. Another question begins anew. */

import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api } from '@shared/api/client'
import { HallProblem } from '@shared/api/http'
import { useSession } from '../session'
import type { questionOf } from './asking'
import type { Seen } from './wire'

const PAGE = 50
type Question = ReturnType<typeof questionOf>

export async function ask(question: Question, limit: number, cursor: string | null, signal?: AbortSignal): Promise<{ rows: Seen[]; next: string | null }> {
  const query = { ...question, limit, ...(cursor === null ? {} : { cursor }) }
  const { data } = await api.GET('/api/archive/statements', { params: { query }, ...(signal ? { signal } : {}) })
  return { rows: (data?.items ?? []) as Seen[], next: data?.next ?? null }
}

export function useStatements(question: () => Question) {
  const rows = shallowRef<Seen[] | null>(null)
  const next = ref<string | null>(null)
  const error = shallowRef<unknown>(null)
  const loading = ref(false)
  let request: AbortController | null = null

  async function load(cursor: string | null) {
    request?.abort()
    const mine = (request = new AbortController())
    loading.value = true
    error.value = null
    try {
      const page = await ask(question(), PAGE, cursor, mine.signal)
      if (mine.signal.aborted) return
      rows.value = cursor === null ? page.rows : [...(rows.value ?? []), ...page.rows]
      next.value = page.next
    } catch (fault) {
      if (mine.signal.aborted) return
      error.value = fault
      if (fault instanceof HallProblem && fault.status === 401) void useSession().check()
    } finally {
      if (request === mine) loading.value = false
    }
  }
  watch(
    () => JSON.stringify(question()),
    () => {
      rows.value = null
      next.value = null
      void load(null)
    },
    { immediate: true },
  )
  onScopeDispose(() => request?.abort())
  const goesOn = computed(() => next.value !== null)
  return { rows, error, loading, goesOn, reload: () => load(null), more: () => load(next.value) }
}
