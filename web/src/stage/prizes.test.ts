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

it('are asked for once at each moment, and not before the contest is over', async () => {
  vi.mocked(resultsOf).mockResolvedValue({ standing: { prizes: AWARDS } } as unknown as Results)
  const [over, review] = [ref(false), ref('')]
  const scope = effectScope()
  const { prizesOf, prizesOfTeam, published } = scope.run(() => usePrizes('con_once', () => (over.value ? review.value : null)))!
  expect(prizesOf('ent_1')).toEqual([])
  expect(vi.mocked(resultsOf)).not.toHaveBeenCalled()
  over.value = true
  await vi.waitFor(() => expect(prizesOf('ent_1').length).toBe(2))
  expect([prizesOf('ent_2').length, prizesOfTeam('org_1').length, published.value]).toEqual([0, 1, true])
  scope.run(() => usePrizes('con_once', () => ''))
  await nextTick()
  expect(vi.mocked(resultsOf)).toHaveBeenCalledTimes(1)
  // An appeal is made, and until its answer is here what was said last stands.
  let answer: (results: Results) => void = () => {}
  vi.mocked(resultsOf).mockReturnValue(new Promise((done) => (answer = done)))
  review.value = 'ent_1'
  await nextTick()
  expect([vi.mocked(resultsOf).mock.calls.length, prizesOf('ent_1').length]).toEqual([2, 2])
  answer({ standing: { prizes: AWARDS.slice(1) } } as unknown as Results)
  await vi.waitFor(() => expect(prizesOf('ent_1').length).toBe(1))
  // It is in review once more, and published again.
  over.value = false
  await nextTick()
  expect(prizesOf('ent_1')).toEqual([])
  over.value = true
  await nextTick()
  expect(vi.mocked(resultsOf)).toHaveBeenCalledTimes(3)
  scope.stop()
})

it('that could not be had are asked for again by the next page', async () => {
  vi.mocked(resultsOf).mockRejectedValueOnce(new TypeError('cut')).mockResolvedValueOnce({ standing: { prizes: AWARDS } } as unknown as Results)
  const scope = effectScope()
  const first = scope.run(() => usePrizes('con_again', () => ''))!
  await new Promise((done) => setTimeout(done))
  expect(first.published.value).toBe(false)
  const second = scope.run(() => usePrizes('con_again', () => ''))!
  await vi.waitFor(() => expect(second.published.value).toBe(true))
  scope.stop()
})
