/** The real road to the hall: what an answer, or the lack of one, means for a parcel. */

import { HallProblem, HallUnreachable, hall, rememberCsrf, type ProblemBody } from '@shared/api/http'
import { sessionOf } from '@shared/api/session'
import type { Accepted } from '../wire'
import type { Delivery, Road } from './courier'
import type { Parcel, PhotoParcel } from './outbox'

/** Answers that may be different next time, with the same content. */
const LATER = new Set([408, 425, 429, 500, 502, 503, 504])

export function addressOf(parcel: Parcel): string {
  const contest = `/api/contests/${encodeURIComponent(parcel.contest)}`
  if (parcel.kind === 'marks') return `${contest}/marks`
  const run = `${contest}/runs/${encodeURIComponent(parcel.run)}`
  if (parcel.kind === 'problem') return `${run}/problems`
  const query = new URLSearchParams({ id: parcel.photo, of: parcel.of, at: parcel.at, ...(parcel.aspect === null ? {} : { aspect: parcel.aspect }) })
  return `${run}/photos?${query.toString()}`
}

export function bodyOf(parcel: Exclude<Parcel, PhotoParcel>): unknown {
  if (parcel.kind === 'marks') return { marks: parcel.marks }
  return parcel.aspect === null ? { text: parcel.text } : { text: parcel.text, aspect: parcel.aspect }
}

export function meaningOf(error: unknown): Delivery {
  if (error instanceof HallProblem) {
    if (error.status === 401 || error.code === 'other_account') {
      // The cookie is gone or somebody else's; so is the token that belonged to it.
      rememberCsrf(null)
      return { kind: 'later', failure: 'sign_in', after_ms: 60_000 }
    }
    if (LATER.has(error.status)) return { kind: 'later', failure: 'hall_busy', after_ms: null }
    return { kind: 'refused', problem: error.problem }
  }
  if (error instanceof HallUnreachable) return { kind: 'later', failure: 'offline', after_ms: null }
  // An answer that broke off while it was read: it may have been done. The key makes asking again safe.
  return { kind: 'later', failure: 'unclear', after_ms: null }
}

const LOST: ProblemBody = {
  code: 'photo_lost',
  title: { zh: '照片不在这台平板上了', en: 'The picture is not on this tablet any more' },
  status: 410,
  advice: { zh: '请重新拍摄', en: 'Take it again' },
}

/** A picture takes its time on a slow line. */
const PHOTO_TIMEOUT_MS = 90_000

export class HallRoad implements Road {
  /** `pictureOf`: what the tablet keeps under a photograph's id. */
  constructor(private readonly pictureOf: (photo: string) => Promise<ArrayBuffer | null> = () => Promise.resolve(null)) {}

  async deliver(parcel: Parcel): Promise<Delivery> {
    try {
      return await this.post(parcel)
    } catch (error) {
      if (error instanceof HallProblem && error.code === 'csrf_mismatch') return this.withFreshToken(parcel)
      return meaningOf(error)
    }
  }

  /** A token lives as long as a tab; a tablet that slept over a sign-in elsewhere only has to fetch the new one. */
  private async withFreshToken(parcel: Parcel): Promise<Delivery> {
    try {
      if ((await sessionOf(parcel.account)) === null) return { kind: 'later', failure: 'sign_in', after_ms: 60_000 }
      return await this.post(parcel)
    } catch (error) {
      return meaningOf(error)
    }
  }

  private async post(parcel: Parcel): Promise<Delivery> {
    if (parcel.kind === 'photo') return this.show(parcel)
    const answer = await hall.write<{ accepted?: Accepted[] } | undefined>('POST', addressOf(parcel), {
      body: bodyOf(parcel),
      key: parcel.key,
      account: parcel.account,
    })
    return { kind: 'taken', accepted: answer?.accepted ?? [] }
  }

  private async show(parcel: PhotoParcel): Promise<Delivery> {
    const picture = await this.pictureOf(parcel.photo)
    // The tablet's disk had no room for it, and then the page was closed. One that was taken back has no parcel any more.
    if (picture === null) return { kind: 'refused', problem: LOST }
    await hall.bytes(addressOf(parcel), picture, { key: parcel.key, account: parcel.account, timeoutMs: PHOTO_TIMEOUT_MS })
    return { kind: 'taken', accepted: [] }
  }
}
