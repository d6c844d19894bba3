/** Where what a sensor would have said is entered by hand, from the keys `eq/…` of the control room. Pure. */

import type { EquipmentState } from '@shared/live/wire'

export interface ByHand {
  /** Of the venue as a whole. */
  whole: boolean
  /** Why, and who said so; of a venue as a whole. */
  said: EquipmentState['venue']
  /** Stations that stand otherwise than their venue. */
  stations: string[]
}

export function byHandOf(state: EquipmentState | undefined): ByHand {
  return { whole: state ? !state.present : false, said: state?.venue ?? null, stations: Object.keys(state?.stations ?? {}).sort() }
}
