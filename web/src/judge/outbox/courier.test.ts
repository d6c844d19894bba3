/** The outbox on a real (in-memory) IndexedDB, with a hall that behaves as badly as a venue's network can. */
import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import * as box from './outbox'
import { Courier, waitBeforeRetry, type Delivery, type Road } from './courier'
import { EMPTY, type MarksParcel, type Outbox, type Parcel } from './outbox'
import { Storage } from './storage'

/** What the hall would hold: the answer by key, the marks by id. */
class FakeHall implements Road {
  readonly answers = new Map<string, Delivery>()
  readonly marks = new Map<string, { aspect: string; times: number }>()
  readonly arrivals: string[] = []
  weather: ('up' | 'down' | 'ack_lost' | 'busy' | 'refuse')[] = []

  async deliver(parcel: Parcel): Promise<Delivery> {
    const weather = this.weather.shift() ?? 'up'
    const offline: Delivery = { kind: 'later', failure: 'offline', after_ms: null }
    if (weather === 'down') return offline
    if (weather === 'busy') return { kind: 'later', failure: 'hall_busy', after_ms: null }
    this.arrivals.push(parcel.key)
    const known = this.answers.get(parcel.key)
    if (known) return known
    const answer: Delivery =
      weather === 'refuse'
        ? { kind: 'refused', problem: { code: 'mark_out_of_range', status: 422, title: { zh: '超', en: 'over' } } }
        : { kind: 'taken', accepted: this.take(parcel as MarksParcel) }
    this.answers.set(parcel.key, answer)
    return weather === 'ack_lost' ? offline : answer
  }

  private take(parcel: MarksParcel) {
    return parcel.marks.map((mark) => {
      this.marks.set(mark.id, { aspect: mark.aspect, times: (this.marks.get(mark.id)?.times ?? 0) + 1 })
      return { id: mark.id, aspect: mark.aspect, given: '1.00', position: this.marks.size }
    })
  }
}

let databases = 0

/** One tablet: memory that a reload loses, a disk that it doesn't. */
class Tablet {
  now = 1_000
  memory: Outbox = EMPTY
  courier!: Courier
  private storage!: Storage
  private keys = 0
  constructor(readonly hall: FakeHall, readonly disk = `tablet-${++databases}`) {}

  async start() {
    this.storage = await Storage.open(this.disk)
    this.memory = await this.storage.load()
    const ledger = {
      get: () => this.memory,
      change: async (how: (now: Outbox) => Outbox) => {
        const before = this.memory
        this.memory = how(before)
        await this.storage.save(before, this.memory)
      },
    }
    await ledger.change(box.restart)
    this.courier = new Courier(ledger, this.hall, {
      now: () => this.now,
      newKey: () => `key-${this.disk}-${++this.keys}`,
      random: () => 0,
      after: () => () => {},
    })
    return this
  }

  /** The process is gone; nothing in memory survives. */
  async crashAndStart() {
    this.storage.close()
    return new Tablet(this.hall, this.disk).start()
  }

  async judge(aspect: string, key: string, level = 2) {
    const slot = { account: 'acc_li', contest: 'con_a', run: 'run_1', aspect, round: 1 }
    const before = this.memory
    this.memory = box.type(before, slot, { value: { kind: 'level', level } }, { mark_id: `mrk_${aspect}`, now: this.now })
    if (key) this.memory = box.submit(this.memory, [box.slotKey(slot)], { key, now: this.now, iso: 'now' })
    await this.storage.save(before, this.memory)
  }

  state = (aspect: string) =>
    box.look(this.memory, { account: 'acc_li', contest: 'con_a', run: 'run_1', aspect, round: 1 }).state
}

describe('the courier', () => {
  it('offline, then back: everything arrives, in order, once', async () => {
    const hall = new FakeHall()
    const tablet = await new Tablet(hall).start()
    hall.weather = ['down']
    await tablet.judge('A1', 'k1')
    await tablet.judge('A2', 'k2')
    await tablet.judge('A3', 'k3')
    await tablet.courier.serve('acc_li')
    expect(hall.arrivals).toEqual([])
    expect(box.unsent(tablet.memory, 'acc_li')).toMatchObject({ count: 3, since: 1_000, failure: 'offline' })
    await tablet.courier.hurry()
    expect(hall.arrivals).toEqual(['k1', 'k2', 'k3'])
    expect(box.unsent(tablet.memory, 'acc_li').count).toBe(0)
  })

  it('a reload loses neither a draft nor a queued mark', async () => {
    const hall = new FakeHall()
    let tablet = await new Tablet(hall).start()
    await tablet.judge('A1', 'k1')
    await tablet.judge('A2', '')
    tablet = await tablet.crashAndStart()
    expect([tablet.state('A1'), tablet.state('A2')]).toEqual(['queued', 'draft'])
    await tablet.courier.serve('acc_li')
    expect([tablet.state('A1'), tablet.state('A2')]).toEqual(['acknowledged', 'draft'])
  })

  it('an acknowledgement that got lost is asked for again and counts once', async () => {
    const hall = new FakeHall()
    const tablet = await new Tablet(hall).start()
    hall.weather = ['ack_lost']
    await tablet.judge('A1', 'k1')
    await tablet.courier.serve('acc_li')
    expect(tablet.state('A1')).toBe('queued')
    tablet.now += 2_000
    await tablet.courier.wake()
    expect(hall.arrivals).toEqual(['k1', 'k1'])
    expect(hall.marks.get('mrk_A1')).toEqual({ aspect: 'A1', times: 1 })
    expect(tablet.state('A1')).toBe('acknowledged')
  })

  it('a crash while it was on the way sends again with the same key', async () => {
    const hall = new FakeHall()
    let tablet = await new Tablet(hall).start()
    await tablet.judge('A1', 'k1')
    const never: Road = { deliver: (parcel) => hall.deliver(parcel).then(() => new Promise<Delivery>(() => {})) }
    Object.assign(tablet.courier, { road: never })
    void tablet.courier.serve('acc_li')
    await expect.poll(() => hall.arrivals.length).toBe(1)
    tablet = await tablet.crashAndStart()
    expect(tablet.state('A1')).toBe('queued')
    await tablet.courier.serve('acc_li')
    expect(hall.arrivals).toEqual(['k1', 'k1'])
    expect(hall.marks.get('mrk_A1')?.times).toBe(1)
    expect(tablet.state('A1')).toBe('acknowledged')
  })

  it('waking it twice at once sends once', async () => {
    const hall = new FakeHall()
    const tablet = await new Tablet(hall).start()
    await tablet.judge('A1', 'k1')
    await Promise.all([tablet.courier.serve('acc_li'), tablet.courier.wake(), tablet.courier.wake()])
    expect(hall.arrivals).toEqual(['k1'])
  })

  it('a refusal comes back as a draft and the next parcel still leaves', async () => {
    const hall = new FakeHall()
    const tablet = await new Tablet(hall).start()
    hall.weather = ['refuse', 'up']
    await tablet.judge('A1', 'k1')
    await tablet.judge('A2', 'k2')
    await tablet.courier.serve('acc_li')
    expect([tablet.state('A1'), tablet.state('A2')]).toEqual(['refused', 'acknowledged'])
    const after = await tablet.crashAndStart()
    expect(after.state('A1')).toBe('refused')
  })

  it('a busy hall is not asked again before the time', async () => {
    const hall = new FakeHall()
    const tablet = await new Tablet(hall).start()
    hall.weather = ['busy']
    await tablet.judge('A1', 'k1')
    await tablet.courier.serve('acc_li')
    await tablet.courier.wake()
    expect(hall.arrivals).toEqual([])
    tablet.now += 1_000
    await tablet.courier.wake()
    expect(hall.arrivals).toEqual(['k1'])
  })
})

it('waits longer each time, up to half a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 40].map((attempts) => waitBeforeRetry(attempts, 0))).toEqual([1e3, 2e3, 4e3, 8e3, 16e3, 3e4, 3e4])
  expect(waitBeforeRetry(1, 1)).toBe(1250)
})

it.each(Array.from({ length: 40 }, (_, seed) => seed))('any weather, any crash: once each, nothing lost (seed %i)', async (seed) => {
  let x = seed * 2654435761 + 1
  const random = (below: number) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    return Math.floor((x / 2 ** 32) * below)
  }
  const hall = new FakeHall()
  let tablet = await new Tablet(hall).start()
  for (let at = 0; at < 12; at++) {
    await tablet.judge(`A${at}`, `k${at}`)
    hall.weather = Array.from({ length: 3 }, () => (['up', 'down', 'ack_lost', 'busy'] as const)[random(4)]!)
    await tablet.courier.serve('acc_li')
    tablet.now += random(4_000)
    if (random(3) === 0) tablet = await tablet.crashAndStart()
  }
  hall.weather = []
  await tablet.courier.serve('acc_li')
  await tablet.courier.hurry()
  expect(box.unsent(tablet.memory, 'acc_li').count).toBe(0)
  expect([...hall.marks.values()].map((mark) => mark.times)).toEqual(Array(12).fill(1))
  expect(Object.keys(tablet.memory.receipts)).toHaveLength(12)
})
