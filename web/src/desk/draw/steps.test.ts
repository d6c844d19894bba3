import { describe, expect, it } from 'vitest'
import type { Draw } from '@shared/api/draw'
import { STEPS, againCommand, listText, mayUndo, stepState } from './steps'

const draw = (state: Draw['state'], said: Partial<Record<'chief_judge' | 'supervisor', string>> = {}): Draw => ({
  state, over: 'whole_field', layers: [], commitment: null, committed_at: null, list: null, without_because: null, void: [], drawn_at: null, public_part: null, entries: 6, undone_at: null, seed: null, lots: [],
  undoing: (['chief_judge', 'supervisor'] as const).map((role) => ({ role, at: said[role] ?? null, by: null })),
})

describe('a draw', () => {
  it('goes step by step', () => {
    const states = (state: Draw['state']) => STEPS.map((step) => stepState(draw(state), step)).join(' ')
    expect(states('no_rule')).toBe('later later later later')
    expect(states('open')).toBe('now later later later')
    expect(states('committed')).toBe('done now later later')
    expect(states('sealed')).toBe('done done now later')
    expect(STEPS.map((step) => stepState(draw('sealed'), step, true)).join(' ')).toBe('done done done now')
    expect(states('undone')).toBe('done done done done')
  })
  it('is undone in review by who has not said so', () => {
    const all = () => true
    expect(mayUndo(draw('sealed'), true, all)).toEqual(['chief_judge', 'supervisor'])
    expect(mayUndo(draw('sealed', { chief_judge: '2026-12-05T09:00:00Z' }), true, all)).toEqual(['supervisor'])
    expect(mayUndo(draw('sealed'), false, all)).toEqual([])
    expect(mayUndo(draw('undone'), true, all)).toEqual([])
    expect(mayUndo(draw('sealed'), true, (role) => role === 'supervisor')).toEqual(['supervisor'])
  })
  it('is drawn again by a command that a shell takes as it is', () => {
    const undone = (over: Draw['over'], list: Draw['list']): Draw => ({
      ...draw('undone'), over, list, seed: "it's 4 0 7", layers: [{ code: 'seat', name: { zh: '赛位号', en: 'Seat' } }],
    })
    const list = { sha256: '', stands: true, lines: [] }
    const [ids, lots] = ["python3 draw.py --ids 'it'\\''s 4 0 7' < entries.txt | ", "python3 draw.py 'it'\\''s 4 0 7' "]
    expect(againCommand(undone('whole_field', list), 'workers')).toBe(`${ids}${lots}'seat'`)
    expect(againCommand(undone('each_group', list), 'workers')).toBe(`${ids}${lots}'seat/workers'`)
    expect(againCommand(undone('each_group', list), '')).toBe(`${ids}${lots}'seat/'`)
    expect(againCommand(undone('whole_field', null), 'workers')).toBe(`${lots}'seat' < entries.txt`)
    expect(againCommand(draw('sealed'), 'workers')).toBeNull()
  })
  it('has a list whose fingerprint sha256sum gives', () => {
    expect(listText(['rules 5f', 'entry ent_a workers'])).toBe('rules 5f\nentry ent_a workers\n')
  })
})
