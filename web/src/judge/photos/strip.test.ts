import { expect, it } from 'vitest'
import * as box from '../outbox/outbox'
import { EMPTY, type PhotoOf } from '../outbox/outbox'
import type { PhotoSeen } from '../wire'
import { shotsOf } from './strip'

const place = { account: 'acc_li', contest: 'con_a', run: 'run_1', aspect: 'A1', of: 'mark' as PhotoOf }
const seen = (id: string, more: Partial<PhotoSeen> = {}): PhotoSeen => ({ id, run: 'run_1', aspect: 'A1', of: 'mark', at_ms: 1, width: 80, height: 60, bytes: 9, mine: true, ...more })
const taken = (start: box.Outbox, photo: string, more = {}) => box.photograph(start, { ...place, photo, at: 'now', ...more }, { key: `k_${photo}`, now: 5 })

it('shows what the hall has first, then what is still here, each once', () => {
  const now = taken(taken(taken(EMPTY, 'pho_1'), 'pho_2'), 'pho_3', { aspect: 'A2' })
  const shots = shotsOf(now, [seen('pho_0'), seen('pho_1'), seen('pho_x', { aspect: null }), seen('pho_y', { mine: false })], place)
  expect(shots.map(({ photo, state }) => [photo, state])).toEqual([['pho_0', 'kept'], ['pho_1', 'kept'], ['pho_2', 'queued']])
})

it('a photograph is taken in once, also after a crash, and one that came back stays to be seen', () => {
  const once = taken(EMPTY, 'pho_1')
  expect(taken(once, 'pho_1')).toBe(once)
  const refused = box.refuse(box.leave(once, 'k_pho_1'), 'k_pho_1', { code: 'photos_full', status: 409, title: { zh: '满', en: 'full' } })
  expect(shotsOf(refused, [], place)).toMatchObject([{ photo: 'pho_1', state: 'refused', key: 'k_pho_1' }])
  expect(taken(refused, 'pho_1')).toBe(refused)
  expect(box.photosHeld(box.putAway(refused, 'k_pho_1')).size).toBe(0)
})

it('marks overtake photographs, and no photograph keeps another waiting', () => {
  let now = taken(taken(EMPTY, 'pho_1'), 'pho_2')
  now = box.report(now, { ...place, text: '松动' }, { key: 'p', now: 6 })
  expect(box.nextToSend(now, 'acc_li', 9)?.key).toBe('p')
  now = box.leave(now, 'p')
  expect(box.nextToSend(now, 'acc_li', 9)?.key).toBe('k_pho_1')
  now = box.fail(box.leave(now, 'k_pho_1'), 'k_pho_1', 'hall_busy', 99)
  expect(box.nextToSend(now, 'acc_li', 9)?.key).toBe('k_pho_2')
  expect(box.unsent(now, 'acc_li').count).toBe(3)
})
