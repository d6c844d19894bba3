/** The sign of each state of a run's clock, on every screen the same. */
import type { IconName } from '../components/AppIcon.vue'
import type { RunClock } from './wire'

export const CLOCK_ICONS: Record<RunClock['state'], IconName> = { waiting: 'waiting', open: 'running', stopped: 'stopped', closed: 'done' }
