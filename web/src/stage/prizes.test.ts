import { afterEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { resultsOf, type Award, type Results } from '@shared/api/results'
import { prizesBy, usePrizes } from './prizes'

vi.mock('@shared/api/results', () => ({ resultsOf: vi.fn() }))
afterEach(() => vi.mocked(resultsOf).mockReset())

const award = (prize: string, to: Partial<Award>): Award => ({ prize, name: { zh: prize, en: prize }, group: null, rank: 1, points: null, entry: null, team: null, why: { zh: '', en: '' }, ...to })
const AWARDS = [award('first', { entry: 'ent_1' }), award('fair-play', { entry: 'ent_1' }), award('team-first', { team: 'org_1' }), award('vacant', {})]

it('prizes stand with those who have them', () => {
  const { entries, teams } = prizesBy(AWARDS)
  expect([...entries].map(([id, all]) => [id, all.map((each) => each.prize)])).toEqual([['ent_1', ['first', 'fair-play']]])
  expect([...teams.keys()]).toEqual(['org_1'])
})

it('are asked for once, and not before the contest is over', async () => {
  vi.mocked(resultsOf).mockResolvedValue({ standing: { prizes: AWARDS } } as unknown as Results)
  const over = ref(false)
  const scope = effectScope()
  const { prizesOf, prizesOfTeam, published } = scope.run(() => usePrizes('con_once', () => over.value))!
  expect(prizesOf('ent_1')).toEqual([])
  expect(vi.mocked(resultsOf)).not.toHaveBeenCalled()
  over.value = true
  await vi.waitFor(() => expect(prizesOf('ent_1').length).toBe(2))
  expect([prizesOf('ent_2').length, prizesOfTeam('org_1').length, published.value]).toEqual([0, 1, true])
  scope.run(() => usePrizes('con_once', () => true))
  await nextTick()
  expect(vi.mocked(resultsOf)).toHaveBeenCalledTimes(1)
  scope.stop()
})

it('that could not be had are asked for again by the next page', async () => {
  vi.mocked(resultsOf).mockRejectedValueOnce(new TypeError('cut')).mockResolvedValueOnce({ standing: { prizes: AWARDS } } as unknown as Results)
  const scope = effectScope()
  const first = scope.run(() => usePrizes('con_again', () => true))!
  await new Promise((done) => setTimeout(done))
  expect(first.published.value).toBe(false)
  const second = scope.run(() => usePrizes('con_again', () => true))!
  await vi.waitFor(() => expect(second.published.value).toBe(true))
  scope.stop()
})
