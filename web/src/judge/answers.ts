/** Problems that this judge reported, and what the control room answered. What he has read is remembered on the tablet. */
import { computed, ref, watch } from 'vue'
import { useCachedPage } from './pages'
import type { Reported } from './wire'

const keptUnder = (account: string) => `guildhall.judge.read.${account}`

function kept(account: string): string[] {
  try {
    return JSON.parse(localStorage.getItem(keptUnder(account)) ?? '[]') as string[]
  } catch {
    return []
  }
}

const nameOf = (contest: string, problem: number) => `${contest}/${problem}`

/** Answers that were not put away yet, the newest first. Pure. */
export function unread(reported: readonly Reported[], contest: string, read: readonly string[]): Reported[] {
  return reported.filter((each) => each.mine && each.settled !== null && !read.includes(nameOf(contest, each.problem)))
}

const READ_KEPT = 500

export function useAnswers(contest: () => string, account: () => string) {
  const page = useCachedPage<{ items: Reported[] }>(() => `/api/contests/${contest()}/problems?limit=100`, account, 5_000)
  const read = ref<string[]>([])
  watch(account, (now) => (read.value = kept(now)), { immediate: true })
  const mine = computed(() => (page.body.value?.items ?? []).filter((each) => each.mine))
  return {
    mine,
    unread: computed(() => unread(mine.value, contest(), read.value)),
    reload: page.reload,
    putAway(problem: number) {
      read.value = [...kept(account()), nameOf(contest(), problem)].slice(-READ_KEPT)
      try {
        localStorage.setItem(keptUnder(account()), JSON.stringify(read.value))
      } catch {
        // then it is shown again after a reload
      }
    },
  }
}
