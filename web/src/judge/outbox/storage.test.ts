import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import * as outbox from './outbox'
import { EMPTY } from './outbox'
import { redo, Storage, whatChanged } from './storage'

const slot = (aspect: string) => ({ account: 'acc_li', contest: 'con_a', run: 'run_1', aspect, round: 1 })
const typed = (box: outbox.Outbox, aspect: string) =>
  outbox.type(box, slot(aspect), { value: { kind: 'yes_no', yes: true } }, { mark_id: `mrk_${aspect}`, now: 1 })
const submitted = (box: outbox.Outbox, aspect: string, key: string) => outbox.submit(box, [outbox.slotKey(slot(aspect))], { key, now: 2, iso: '' })

it('what was saved is what is loaded, parcels in their order', async () => {
  const storage = await Storage.open('saved')
  const box = submitted(typed(submitted(typed(typed(EMPTY, 'A1'), 'A2'), 'A1', 'k1'), 'A3'), 'A3', 'a-key-that-sorts-first')
  await storage.save(EMPTY, box)
  const again = await (await Storage.open('saved')).load()
  expect(again).toEqual(box)
  expect(again.parcels.map((parcel) => parcel.key)).toEqual(['k1', 'a-key-that-sorts-first'])
})

it('writes only what differs, and gone is gone', async () => {
  const storage = await Storage.open('differs')
  const one = typed(typed(EMPTY, 'A1'), 'A2')
  await storage.save(EMPTY, one)
  const two = outbox.discard(one, outbox.slotKey(slot('A1')))
  expect(whatChanged(one, two)).toEqual([{ store: 'drafts', key: outbox.slotKey(slot('A1')) }])
  await storage.save(one, two)
  expect(Object.keys((await storage.load()).drafts)).toEqual([outbox.slotKey(slot('A2'))])
})

it('a journal brings back what a reload cut off, also when the disk had it already', () => {
  const onDisk = typed(EMPTY, 'A1')
  const now = typed(submitted(onDisk, 'A1', 'k1'), 'A2')
  const journal = JSON.parse(JSON.stringify(whatChanged(onDisk, now))) as ReturnType<typeof whatChanged>
  expect(redo(onDisk, journal)).toEqual(now)
  expect(redo(now, journal)).toEqual(now)
})

it('keeps pages and the last session apart', async () => {
  const storage = await Storage.open('pages')
  await storage.keepPage('acc_li|/api/x', { body: { a: 1 }, at: 5 })
  expect(await storage.page('acc_li|/api/x')).toEqual({ body: { a: 1 }, at: 5 })
  expect(await storage.page('acc_wang|/api/x')).toBeNull()
  expect(await storage.session('last')).toBeNull()
})
