/** What the hall sends to the rule bench. */

import type { Text } from '@shared/text'
import type { Change } from '../recordings/plot'
import type { Recording, Verdict } from '../wire'

export interface RulesVersion {
  version: number
  hash: string
  at: string
  by: string | null
  reason: string | null
  /** How many runs were opened under it. */
  runs: number
}
export interface Shadow {
  hash: string
  source: string
  at: string
  by: string | null
  reason: string | null
}
export interface RulesSeen {
  version: number
  hash: string
  source: string
  /** Oldest first. */
  versions: RulesVersion[]
  shadow: Shadow | null
}

export interface VerdictTried {
  rule: string
  aspect: string
  /** Source time in ns. */
  event_at: number
  outcome: Verdict['outcome']
  marks: string
  change: Change
  was: { outcome: Verdict['outcome']; marks: string } | null
  sentence: Text
  from: number
  to: number
  samples: Verdict['evidence']['samples']
}
export interface RunTried {
  run: string
  entry_no: string
  station: string
  module: string
  state: Recording['state']
  /** The rules that judged it. */
  version: number
  before: string
  after: string
  verdicts: VerdictTried[]
}
export interface EntryTried {
  entry_no: string
  before: string
  after: string
  rank_before: number | null
  rank_after: number | null
}
export interface RulesTried {
  hash: string
  rules: { rule: string; change: 'added' | 'removed' | 'changed'; aspect: string }[]
  policies: { aspect: string; before: string; after: string }[]
  runs: RunTried[]
  /** Those whose total or rank changes. */
  entries: EntryTried[]
}
export interface RulesPublished {
  version: number
  hash: string
  position: number
}
export interface Agreement {
  aspect: string
  name: Text
  policy: string
  /** Runs in which both a verdict and a judge's own mark exist. */
  rule_marks: number
  agreed: number
  rate: number | null
  /** The bounds of the 95 % interval. */
  low: number | null
  high: number | null
}
