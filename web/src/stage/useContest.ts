/** What every page of a contest starts from: its topic, the head (the last known until the first frame), names. */
import { computed, watch, type Ref } from 'vue'
import { useRoute } from 'vue-router'
import { useTopic } from '@shared/live/useTopic'
import { useLanguage } from '@shared/i18n'
import type { EntryHead, Head, Standing } from '@shared/live/wire'
import { named } from './board'
import { directoryOf, lastHead, rememberHead } from './contests'
import { isOver, wordFor } from './finale'

export const firstParam = (value: string | string[] | undefined) => (Array.isArray(value) ? (value[0] ?? '') : (value ?? ''))

export function useContest(view: () => string | null) {
  const route = useRoute()
  const { language, t } = useLanguage()
  // A page is made anew for another contest (see the router's keys), so its id is read once.
  const contest = firstParam(route.params['contest'])
  const base = `/live/contests/${encodeURIComponent(contest)}`
  const topic = useTopic(() => {
    const wanted = view()
    return wanted === null ? null : `${base}/${wanted}`
  })
  const head = computed(() => topic.get<Head>('h') ?? lastHead(contest))
  const standing = computed(() => topic.get<Standing>('s'))
  const names = computed(() => (head.value ? named(head.value, language.value) : null))
  const arrived = computed(() => topic.values.has('h'))
  watch(
    () => topic.get<Head>('h'),
    (now) => rememberHead(contest, now),
  )
  const entries: Ref<[string, EntryHead][]> = computed(() => topic.under<EntryHead>('e/'))
  watch(
    entries,
    (list) => {
      const directory = directoryOf(contest)
      for (const [id, entry] of list) directory.set(id, entry)
    },
    { flush: 'post' },
  )
  const over = computed(() => isOver(head.value?.state))
  /** Changes with everything that changes who has which prize; null until it is over. */
  const moment = () => (over.value ? topic.under('u/').map(([entry]) => entry).sort().join() : null)
  /** Words that are others once the contest is over. */
  const said = (key: string, places?: Record<string, unknown>) => t(wordFor(key, head.value?.state), places)
  return { contest, topic, head, standing, names, arrived, entries, over, moment, said }
}
