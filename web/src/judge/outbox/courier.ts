/**
 * Carries parcels to the hall, one after the other, for whoever is signed in. Knows nothing of screens.
 *
 * Flow: take the next parcel that may leave → note on disk that it left → send → note on disk what the hall said. The note
 * comes first on purpose: a tablet that dies between the two sends again with the same key, and the hall answers again.
 */

import * as outbox from './outbox'
import type { Failure, Outbox, Parcel } from './outbox'
import type { Accepted } from '../wire'
import type { ProblemBody } from '@shared/api/http'

export type Delivery =
  | { kind: 'taken'; accepted: Accepted[] }
  | { kind: 'refused'; problem: ProblemBody }
  | { kind: 'later'; failure: Failure; after_ms: number | null }

export interface Road {
  /** Never throws: whatever happens is one of the three. */
  deliver(parcel: Parcel): Promise<Delivery>
}

export interface Ledger {
  get(): Outbox
  /** Applies and resolves once the outcome is on disk. */
  change(how: (box: Outbox) => Outbox): Promise<void>
}

export interface Surroundings {
  now(): number
  newKey(): string
  /** 0 to 1. */
  random(): number
  after(ms: number, act: () => void): () => void
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/** Doubles with each try, with up to a quarter of jitter, so that forty tablets don't knock at the same moment. */
export function waitBeforeRetry(attempts: number, random: number): number {
  const plain = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1))
  return Math.round(plain * (1 + random / 4))
}

export class Courier {
  private running: Promise<void> | null = null
  private cancelTimer: (() => void) | null = null
  private account: string | null = null

  constructor(
    private readonly ledger: Ledger,
    private readonly road: Road,
    private readonly around: Surroundings,
  ) {}

  /** Sends for this account from now on; null while nobody is signed in. */
  serve(account: string | null) {
    this.account = account
    return this.wake()
  }

  /** Something may be to do. Resolves when nothing can leave at this moment. */
  wake(): Promise<void> {
    this.running ??= this.work().finally(() => {
      this.running = null
      this.sleep()
    })
    return this.running
  }

  /** Don't wait for the next try. */
  async hurry() {
    const account = this.account
    if (account === null) return
    await this.ledger.change((box) => outbox.hurry(box, account, this.around.now()))
    await this.wake()
    // What came in while the courier was on its last errand.
    await this.wake()
  }

  private async work() {
    for (;;) {
      const account = this.account
      if (account === null) return
      const parcel = outbox.nextToSend(this.ledger.get(), account, this.around.now())
      if (!parcel) return
      await this.ledger.change((box) => outbox.leave(box, parcel.key))
      const delivery = await this.road.deliver(parcel)
      await this.ledger.change((box) => this.settle(box, parcel, delivery))
      // One that found no road need not be followed by all the others.
      if (delivery.kind === 'later' && delivery.failure !== 'hall_busy' && delivery.failure !== 'unclear') {
        await this.ledger.change((box) => this.hold(box, account, parcel.key))
        return
      }
    }
  }

  private settle(box: Outbox, parcel: Parcel, delivery: Delivery): Outbox {
    const now = this.around.now()
    const retryAt = now + waitBeforeRetry(parcel.attempts + 1, this.around.random())
    if (delivery.kind === 'taken') {
      return outbox.acknowledge(box, parcel.key, delivery.accepted, { now, again: this.around.newKey(), again_at: retryAt })
    }
    if (delivery.kind === 'refused') return outbox.refuse(box, parcel.key, delivery.problem)
    return outbox.fail(box, parcel.key, delivery.failure, delivery.after_ms === null ? retryAt : now + delivery.after_ms)
  }

  private hold(box: Outbox, account: string, behind: string): Outbox {
    const until = box.parcels.find((parcel) => parcel.key === behind)?.next_try_at ?? this.around.now()
    return {
      ...box,
      parcels: box.parcels.map((parcel) =>
        parcel.account === account && parcel.state === 'queued' && parcel.next_try_at < until
          ? { ...parcel, next_try_at: until }
          : parcel,
      ),
    }
  }

  private sleep() {
    this.cancelTimer?.()
    this.cancelTimer = null
    if (this.account === null) return
    const at = outbox.nextTryAt(this.ledger.get(), this.account)
    if (at === null) return
    this.cancelTimer = this.around.after(Math.max(0, at - this.around.now()), () => void this.wake())
  }

  stop() {
    this.account = null
    this.cancelTimer?.()
    this.cancelTimer = null
  }
}
