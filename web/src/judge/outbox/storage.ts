/**
 * Where the outbox lives between two moments of the tablet: IndexedDB, one row for each draft, parcel, receipt, sheet and picture.
 *
 * What changed is found by comparing references of two states, and written in one transaction, so that a crash leaves
 * either the state before or the state after. Transactions are strict: when one is done, the rows are on the disk.
 */

import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Session } from '@shared/api/session'
import { EMPTY, type Draft, type Outbox, type Parcel, type PhotoOf, type Receipt, type ReturnedReport } from './outbox'

interface Schema extends DBSchema {
  drafts: { key: string; value: Draft }
  parcels: { key: string; value: Parcel }
  receipts: { key: string; value: Receipt }
  returned: { key: string; value: ReturnedReport }
  /** Answers of the hall, by their address and account: sheets, stations, contests. */
  pages: { key: string; value: Page }
  /** `last`: who was signed in, so that the tablet opens without a network. `left`: who signed out while the hall could not be told. */
  session: { key: 'last' | 'left'; value: Session }
  /** Pictures that the hall does not have yet, by their ids. */
  photos: { key: string; value: KeptPhoto }
}

/** A picture with all that its parcel says of it: should the parcel not have reached the disk, it is made anew. */
export interface KeptPhoto {
  photo: string
  account: string
  contest: string
  run: string
  aspect: string | null
  of: PhotoOf
  at: string
  /** Bytes, not a blob: not every browser keeps blobs. */
  body: ArrayBuffer
}

export interface Page {
  body: unknown
  at: number
}

const STORES = ['drafts', 'parcels', 'receipts', 'returned'] as const

export class Storage {
  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  static async open(name = 'guildhall-judge'): Promise<Storage> {
    const db = await openDB<Schema>(name, 2, {
      upgrade(fresh) {
        for (const store of [...STORES, 'pages', 'session', 'photos'] as const) if (!fresh.objectStoreNames.contains(store)) fresh.createObjectStore(store)
      },
    })
    return new Storage(db)
  }

  async load(): Promise<Outbox> {
    const tx = this.db.transaction(STORES)
    const [drafts, parcels, receipts, returned] = await Promise.all([
      byKey(tx.objectStore('drafts')),
      byKey(tx.objectStore('parcels')),
      byKey(tx.objectStore('receipts')),
      byKey(tx.objectStore('returned')),
    ])
    return { ...EMPTY, drafts, receipts, returned, parcels: Object.values(parcels).sort((a, b) => a.seq - b.seq) }
  }

  /** Writes what differs. `now` is what stands afterwards. */
  async save(before: Outbox, now: Outbox): Promise<void> {
    const changes = whatChanged(before, now)
    if (changes.length === 0) return
    const tx = this.db.transaction(STORES, 'readwrite', { durability: 'strict' })
    for (const { store, key, value } of changes) {
      if (value === undefined) void tx.objectStore(store).delete(key)
      else void tx.objectStore(store).put(value as never, key)
    }
    // Said now, not when the page gets round to it: a page that is closed in between would abort it.
    tx.commit()
    await tx.done
  }

  async photo(id: string): Promise<KeptPhoto | null> {
    return (await this.db.get('photos', id)) ?? null
  }

  async photos(): Promise<KeptPhoto[]> {
    return this.db.getAll('photos')
  }

  /** When it is done, the picture is on the disk. */
  async keepPhoto(kept: KeptPhoto): Promise<void> {
    const tx = this.db.transaction('photos', 'readwrite', { durability: 'strict' })
    void tx.store.put(kept, kept.photo)
    tx.commit()
    await tx.done
  }

  async dropPhoto(id: string): Promise<void> {
    await this.db.delete('photos', id)
  }

  async page(key: string): Promise<Page | null> {
    return (await this.db.get('pages', key)) ?? null
  }

  async keepPage(key: string, page: Page): Promise<void> {
    await this.db.put('pages', page, key)
  }

  async session(which: 'last' | 'left'): Promise<Session | null> {
    return (await this.db.get('session', which)) ?? null
  }

  async keepSession(which: 'last' | 'left', session: Session | null): Promise<void> {
    if (session) await this.db.put('session', session, which)
    else await this.db.delete('session', which)
  }

  close() {
    this.db.close()
  }
}

type Reading<T> = { getAllKeys(): Promise<IDBValidKey[]>; getAll(): Promise<T[]> }

async function byKey<T>(store: Reading<T>): Promise<Record<string, T>> {
  const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()])
  return Object.fromEntries(keys.map((key, at) => [String(key), values[at] as T]))
}

function keyed(parcels: readonly Parcel[]): Record<string, Parcel> {
  return Object.fromEntries(parcels.map((parcel) => [parcel.key, parcel]))
}

/** One row that differs; without a value it is gone. */
export interface Difference {
  store: (typeof STORES)[number]
  key: string
  value?: unknown
}

export function whatChanged(before: Outbox, now: Outbox): Difference[] {
  return [
    ...differences('drafts', before.drafts, now.drafts),
    ...differences('parcels', keyed(before.parcels), keyed(now.parcels)),
    ...differences('receipts', before.receipts, now.receipts),
    ...differences('returned', before.returned, now.returned),
  ]
}

/** Puts rows that were noted down but may not have reached the disk on top of what did. */
export function redo(box: Outbox, journal: readonly Difference[]): Outbox {
  const rows = { drafts: { ...box.drafts }, parcels: keyed(box.parcels), receipts: { ...box.receipts }, returned: { ...box.returned } }
  for (const { store, key, value } of journal) {
    const table = rows[store] as Record<string, unknown>
    if (value === undefined) delete table[key]
    else table[key] = value
  }
  return { ...rows, parcels: Object.values(rows.parcels).sort((a, b) => a.seq - b.seq) }
}

function differences(store: Difference['store'], before: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): Difference[] {
  const out: Difference[] = []
  for (const key of Object.keys(before)) if (!(key in now)) out.push({ store, key })
  for (const [key, value] of Object.entries(now)) if (before[key] !== value) out.push({ store, key, value })
  return out
}
