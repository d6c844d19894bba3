/** Stations and runs as the hall lists them to officials: by blind number. */

import type { Text } from '@shared/text'
import type { Asked, RunState } from './wire'

export interface RunSeen {
  id: string
  entry_no: string
  station: string
  module: string
  state: RunState
  elapsed_ms: number
  added_ms: number
  /** Marks that this judge still owes. */
  mine_missing: number
  requests: Asked[]
}

export interface StationSeen {
  id: string
  code: string
  venue: string
  venue_name: Text
  /** Under way, or last closed, or first planned. */
  run: RunSeen | null
  runs: number
  runs_closed: number
  /** Runs that this judge still owes marks to. */
  owing: number
}
