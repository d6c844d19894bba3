import 'fake-indexeddb/auto'
import { openDB } from 'idb'
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

it('keeps pictures apart from the outbox, and a tablet of an older version gets a place for them', async () => {
  const older = await openDB('older-tablet', 1, { upgrade: (fresh) => ['drafts', 'parcels', 'receipts', 'returned', 'pages', 'session'].forEach((store) => fresh.createObjectStore(store)) })
  await older.put('pages', { body: 'sheet', at: 1 }, 'acc_li|/sheet')
  older.close()
  let storage = await Storage.open('older-tablet')
  expect(await storage.page('acc_li|/sheet')).toEqual({ body: 'sheet', at: 1 })
  const kept = { photo: 'pho_1', account: 'acc_li', contest: 'con_a', run: 'run_1', aspect: 'A1', of: 'mark' as const, at: 'now', body: new Uint8Array([1, 2, 3]).buffer }
  await storage.keepPhoto(kept)
  storage.close()
  storage = await Storage.open('older-tablet')
  expect((await storage.photos()).map(({ photo }) => photo)).toEqual(['pho_1'])
  expect([...new Uint8Array((await storage.photo('pho_1'))!.body)]).toEqual([1, 2, 3])
  expect(await storage.load()).toEqual(EMPTY)
  await storage.dropPhoto('pho_1')
  expect(await storage.photo('pho_1')).toBeNull()
  storage.close()
})
