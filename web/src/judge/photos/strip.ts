/** The photographs of one place of a sheet: what the hall has, and what is still here. Pure. */

import { inOrder, type Outbox, type PhotoOf, type PhotoParcel } from '../outbox/outbox'
import type { PhotoSeen } from '../wire'

/** As the hall counts: of an aspect of a run by one judge. */
export const PHOTOS_MOST = 12

export interface Shot {
  photo: string
  at: number
  /** `kept`: the hall has it. */
  state: 'kept' | 'queued' | 'sending' | 'refused'
  /** Its parcel, while it has one. */
  key: string | null
  /** Whether it may have reached the hall: then it can't be taken back here. */
  left: boolean
}

export interface Place {
  account: string
  contest: string
  run: string
  aspect: string | null
  of: PhotoOf
}

/** Oldest first. What the hall has and this tablet still holds is shown once, as the hall has it. */
export function shotsOf(box: Outbox, kept: readonly PhotoSeen[], place: Place): Shot[] {
  const here = (aspect: string | null, of: PhotoOf) => aspect === place.aspect && of === place.of
  const atHall = kept.filter((photo) => photo.mine && here(photo.aspect, photo.of)).map((photo): Shot => ({ photo: photo.id, at: photo.at_ms, state: 'kept', key: null, left: true }))
  const known = new Set(atHall.map(({ photo }) => photo))
  const waiting = inOrder(box, place.account).filter((each): each is PhotoParcel => each.kind === 'photo' && each.contest === place.contest && each.run === place.run && here(each.aspect, each.of) && !known.has(each.photo))
  const back = Object.values(box.returned).filter((each) => each.photo !== undefined && each.account === place.account && each.contest === place.contest && each.run === place.run && each.aspect === place.aspect)
  return [
    ...atHall,
    ...waiting.map((parcel): Shot => ({ photo: parcel.photo, at: parcel.submitted_at, state: parcel.state, key: parcel.key, left: parcel.state === 'sending' || parcel.attempts > 0 })),
    ...back.map((each): Shot => ({ photo: each.photo ?? '', at: 0, state: 'refused', key: each.key, left: false })),
  ]
}
