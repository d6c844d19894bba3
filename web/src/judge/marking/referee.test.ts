import { expect, it } from 'vitest'
import { fill, flatten, type Messages } from '@shared/i18n'
import zh from '../locales/zh-CN.json'
import { EMPTY } from '../outbox/outbox'
import type { SheetAspect, SheetVerdict } from '../wire'
import { lineOf } from './line'
import { refereeSays, standingOf } from './referee'

const text = { zh: '', en: '' }
const verdict = (more: Partial<SheetVerdict> = {}): SheetVerdict => ({ id: 'v', rule: 'r', outcome: 'met', marks: '1.00', standing: 'counted', waits: false, at_ms: 0, evidence: { sentence: text }, ...more })
const undecided = verdict({ outcome: 'undecided', marks: '0.00', waits: true })
const waiting = verdict({ standing: 'waiting', waits: true })
const judged = (more: Partial<SheetAspect>): SheetAspect => ({
  code: 'A1', name: text, criterion: { code: 'A', name: text }, type: 'automatic', max: '3.00', abilities: [], how: { kind: 'automatic', rules: [] },
  assigned: true, before: [], round: 1, rounds: [{ round: 1, reason: null, open: true }], mine: null, mark: null, state: 'waiting', policy: 'automatic', verdicts: [], ...more,
})
const mine = { id: 'mrk_0', value: { kind: 'marks' as const, marks: '2.00' }, given: '2.00', note: null, round: 1 }
const WORDS = flatten(zh as Messages)

it.each<[string, Partial<SheetAspect>, boolean, string, string]>([
  ['nothing judged yet', {}, false, 'nobody', '智能裁判正在监测，还没有判定。'],
  ['full marks until something is deducted', { mark: '3.00', state: 'marked' }, false, 'nobody', '还没有判定，目前计 3.00 / 3.00 分。'],
  ['closed without a verdict', { mark: '0.00', state: 'marked' }, true, 'done', '没有判定，计 0.00 / 3.00 分。'],
  ['all withdrawn by late samples', { mark: '3.00', state: 'marked', verdicts: [verdict({ standing: 'amended' })] }, false, 'nobody', '迟到的数据更正了原来的判定，目前计 3.00 / 3.00 分。'],
  ['… and the run is over', { mark: '3.00', state: 'marked', verdicts: [verdict({ standing: 'amended' })] }, true, 'done', '迟到的数据更正了原来的判定，计 3.00 / 3.00 分。'],
  ['… and nothing else yet', { verdicts: [verdict({ standing: 'amended' })] }, false, 'nobody', '迟到的数据更正了原来的判定；智能裁判继续监测。'],
  ['one withdrawn, one stands', { mark: '1.00', state: 'marked', verdicts: [verdict({ standing: 'amended' }), verdict()] }, true, 'done', '已有 1 个判定，其中 1 个计入，计 1.00 / 3.00 分。'],
  ['an undecided one that late samples decided asks nobody', { mark: '1.00', state: 'marked', verdicts: [verdict({ outcome: 'undecided', standing: 'amended' }), verdict()] }, true, 'done', '已有 1 个判定，其中 1 个计入，计 1.00 / 3.00 分。'],
  ['judged in a run under way', { mark: '2.00', state: 'marked', verdicts: [verdict(), verdict()] }, false, 'nobody', '已有 2 个判定，其中 2 个计入，目前计 2.00 / 3.00 分。'],
  ['judged, one of them rejected', { mark: '1.00', state: 'marked', verdicts: [verdict(), verdict({ standing: 'rejected' })] }, true, 'done', '已有 2 个判定，其中 1 个计入，计 1.00 / 3.00 分。'],
  ['all rejected', { verdicts: [verdict({ standing: 'rejected' })] }, false, 'nobody', '已有 1 个判定，都没有计入；智能裁判继续监测。'],
  ['some wait for the chief judge, others count', { mark: '1.00', state: 'to_confirm', policy: 'confirm', verdicts: [verdict(), waiting, waiting] }, true, 'other', '已有 3 个判定，其中 2 个待裁判长确认；目前计 1.00 / 3.00 分。'],
  ['all wait', { state: 'to_confirm', policy: 'confirm', verdicts: [waiting] }, true, 'other', '已有 1 个判定，其中 1 个待裁判长确认，确认后才计分。'],
  ['undecided, this judge may mark', { state: 'undecided', verdicts: [verdict(), undecided] }, true, 'hand', '录得的数据不足以作出 1 个判定：请您手工评分，任何一名裁判评过即可。'],
  ['undecided, no seat of his', { state: 'undecided', assigned: false, verdicts: [undecided, undecided] }, true, 'other', '录得的数据不足以作出 2 个判定：由其他裁判手工评分，不用您评。'],
  ['marked by hand by another', { mark: '2.50', state: 'marked', assigned: false, verdicts: [verdict({ outcome: 'undecided', standing: 'by_hand' })] }, true, 'done', '其他裁判已手工评 2.50 / 3.00 分，智能裁判的判定不再计分。'],
  ['marked by hand by himself', { mark: '2.00', state: 'marked', mine, verdicts: [verdict({ outcome: 'undecided', standing: 'by_hand' })] }, true, 'done', '您已手工评分，智能裁判的判定不再计分。'],
  ['shadow, his to mark', { policy: 'shadow', verdicts: [verdict({ standing: 'shadow' })] }, false, 'hand', '智能裁判只作记录，判定不计分；请您手工评分。'],
  ['shadow, of another', { policy: 'shadow', assigned: false }, false, 'other', '智能裁判只作记录，判定不计分；由其他裁判手工评分。'],
  ['shadow, marked by another', { policy: 'shadow', assigned: false, mark: '1.50', state: 'marked' }, false, 'done', '其他裁判已手工评 1.50 / 3.00 分；智能裁判只作记录，判定不计分。'],
  ['off, marked by himself', { policy: 'off', mine, mark: '2.00', state: 'marked' }, false, 'done', '您已手工评分；智能裁判未启用。'],
])('says what is so: %s', (_, aspect, over, whom, words) => {
  const said = refereeSays(lineOf(EMPTY, judged(aspect), { account: 'acc_li', contest: 'con_a', run: 'run_1' }, 0), over)
  expect([said.for, fill(WORDS.get(`judge.referee.${said.says}`) ?? '', said.places)]).toEqual([whom, words])
})

it('what late samples decided is not this judge’s to mark any more', () => {
  const line = (standing: SheetVerdict['standing']) => lineOf(EMPTY, judged({ verdicts: [verdict({ outcome: 'undecided', standing })] }), { account: 'acc_li', contest: 'con_a', run: 'run_1' }, 0)
  expect([line('counted').asked, line('amended').asked]).toEqual([true, false])
})

it('says of each verdict how it stands', () => {
  const all = [verdict(), waiting, undecided, verdict({ standing: 'rejected' }), verdict({ standing: 'rejected', taken_back: true }), verdict({ standing: 'shadow' }), verdict({ standing: 'by_hand', outcome: 'undecided' }), verdict({ standing: 'amended' })]
  expect(all.map(standingOf)).toEqual(['counted', 'waiting', 'undecided', 'rejected', 'taken_back', 'shadow', 'by_hand', 'amended'])
  expect(all.map((each) => `judge.standing.${standingOf(each)}`).filter((key) => !WORDS.has(key))).toEqual([])
})
