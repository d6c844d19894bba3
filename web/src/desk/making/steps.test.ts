import { expect, it } from 'vitest'
import { nextSteps, type StepFacts } from './steps'

const fresh: StepFacts = { entries: 0, judges: 0, judgesWithoutPassword: 0, chiefs: 0, gateways: 0, venues: 2, watched: true, papers: 1 }
const states = (facts: Partial<StepFacts>) => nextSteps({ ...fresh, ...facts }).map((step) => `${step.name} ${step.state} ${step.n}`)

it('names what a fresh contest needs, in order', () => {
  expect(states({})).toEqual(['competitors todo 0', 'judges todo 0', 'passwords later 0', 'roles todo 0', 'gateways todo 0', 'letters later 0', 'open later 0', 'theory later 1'])
})
it('ticks what is there, and wants a gateway for each venue', () => {
  expect(states({ entries: 77, judges: 12, judgesWithoutPassword: 3, chiefs: 1, gateways: 1 })).toEqual(['competitors done 77', 'judges done 12', 'passwords todo 3', 'roles done 1', 'gateways todo 1', 'letters todo 0', 'open todo 0', 'theory later 1'])
  expect(states({ gateways: 2 })).toContain('gateways done 2')
})
it('leaves out what the scheme has not, and claims nothing that it does not know', () => {
  expect(states({ watched: false, papers: 0, entries: 3, judges: undefined, judgesWithoutPassword: undefined, chiefs: undefined, gateways: undefined })).toEqual(['competitors done 3', 'judges unknown 0', 'passwords unknown 0', 'roles unknown 0', 'letters todo 0', 'open todo 0'])
})
it('names registration, draw and letters where the rule set declares them', () => {
  expect(states({ registration: 'unset', draw: 'open' })).toEqual(['registration todo 0', 'competitors todo 0', 'judges todo 0', 'passwords later 0', 'roles todo 0', 'gateways todo 0', 'draw later 0', 'letters later 0', 'open later 0', 'theory later 1'])
  expect(states({ registration: 'set', draw: 'open', entries: 6 })).toEqual(expect.arrayContaining(['registration done 0', 'draw todo 0', 'letters later 0']))
  expect(states({ draw: 'drawn', entries: 6 })).toEqual(expect.arrayContaining(['draw done 0', 'letters todo 0']))
})
