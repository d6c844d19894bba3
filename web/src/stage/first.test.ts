import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { begin, boardOf, firstRows, isEnglish, type First } from './first'
import { arrange, rowOf } from './board'
import { preferredLanguage } from '@shared/i18n'
import type { EntryHead, Head, RankRow } from '@shared/live/wire'

const text = (words: string) => ({ zh: words, en: `${words} en` })
const head = { name: text('决赛'), modules: [], teams: [], venues: [], groups: [] } as unknown as Head
const entry = (name: string | null, no: string | null = null): EntryHead => ({ name: name === null ? null : text(name), no, org: null, team: null, venue: null, group: null })
const row = (rank: number | null, total: number): RankRow => [rank, rank, total, [total], 1, null]
const set = {
  h: head,
  'e/a': entry('甲'), 'r/a': row(2, 8012), 'e/b': entry('乙'), 'r/b': row(1, 9000), 'e/c': entry('丙'), 'r/c': row(2, 8012),
  'e/d': entry('丁'), 'r/d': row(null, 0), 'e/e': entry('戊'), 'e/f': entry(null, 'K10'), 'r/f': row(5, -205), 'e/g': entry(null, 'K9'), 'r/g': row(5, 5), s: { as_of: 1 },
}

it.each([
  ['/stage/con_a', '', 'con_a'], ['/stage/con_a/', '?lang=en&theme=light', 'con_a'], ['/stage/con_a', '?q=', 'con_a'], ['/stage/con_a', '?q=x', null], ['/stage/con_a', '?sort=A', null],
  ['/stage/', '', null], ['/stage/me', '', null], ['/stage/calendar', '?view=list', null], ['/stage/portraits', '', null], ['/stage/con_a/teams', '', null], ['/stage/CON', '', null], ['/desk/con_a', '', null], ['/stage/a%2fb', '', null],
])('%s%s shows the board of %j', (path, search, contest) => {
  expect(boardOf(path, search)).toBe(contest)
})

it.each([['?lang=en', 'zh-CN', ['zh']], ['', 'en', ['zh']], ['', null, ['fr']], ['', null, ['fr', 'zh-TW']], ['', null, []], ['?lang=xx', 'en', ['zh']]])('speaks as the program does: %j, kept %j, browser %j', (search, kept, browser) => {
  expect(isEnglish(search, kept, browser)).toBe(preferredLanguage(search, kept, browser) === 'en')
})

describe('the first rows', () => {
  it('are those of the board, in its order', () => {
    const names = { teams: new Map(), venues: new Map(), groups: new Map(), language: 'zh-CN' as const }
    const board = arrange(Object.keys(set).filter((key) => key.startsWith('e/')).map((key) => rowOf(key.slice(2), set[key as 'e/a'], (set as unknown as Record<string, RankRow>)[`r/${key.slice(2)}`], names, false)), { search: '', group: '', venue: '', sort: 'rank' }, head)
    const { title, rows } = firstRows({ set }, false)
    expect(rows.map((each) => [each.rank, each.name])).toEqual(board.filter((each) => each.rank !== null).map((each) => [String(each.rank), each.name || `${each.no} 号`]))
    expect([title, rows.map((each) => each.total)]).toEqual(['决赛', ['90.00', '80.12', '80.12', '0.05', '−2.05']])
  })
  it('are in the reader’s language, and never more than a screen holds', () => {
    expect(firstRows({ set }, true).rows.map((each) => each.name)).toEqual(['乙 en', '丙 en', '甲 en', 'No. K9', 'No. K10'])
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`r/${n}`, row(n + 1, 1)]))
    expect(firstRows({ set: many }, false).rows.length).toBe(16)
  })
  it('are none of what is no board', () => {
    for (const body of [{}, { set: {} }, { set: { 'r/a': 5, 'r/b': [], 'r/c': ['1'], 'r/d': null } }]) expect(firstRows(body as never, false)).toEqual({ title: '', rows: [] })
  })
})

describe('the page', () => {
  const page = () => (document.body.innerHTML = '<div id="app"><div class="before-app"><header><strong>Guildhall</strong><small></small></header><ol></ol></div></div>')
  const answer = vi.fn()
  beforeEach(() => {
    page()
    vi.stubGlobal('location', { pathname: '/stage/con_a', search: '?lang=zh' })
    vi.stubGlobal('fetch', answer)
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    answer.mockReset()
    delete (window as { guildhallFirst?: First }).guildhallFirst
  })
  const handedOn = () => (window as { guildhallFirst?: First }).guildhallFirst
  const settle = () => new Promise((done) => setTimeout(done))

  it('shows them, and hands the answer on', async () => {
    answer.mockResolvedValue(new Response(JSON.stringify({ id: 'e-1', v: 1, set }), { headers: { 'x-hall-time': '5' } }))
    begin()
    await settle()
    expect([...document.querySelectorAll('li')].slice(0, 2).map((each) => each.textContent)).toEqual(['1乙90.00', '2丙80.12'])
    expect(document.querySelector('small')?.textContent).toBe('正在连接')
    expect([handedOn()?.address, (await handedOn()?.answer)?.headers.get('x-hall-time')]).toEqual(['/api/contests/con_a/views/overall', '5'])
  })
  it('stays as it is where the hall refuses, is away, or the program was faster', async () => {
    for (const way of [() => Promise.resolve(new Response('{}', { status: 404 })), () => Promise.reject(new TypeError('cut')), () => Promise.resolve(new Response('<html>'))]) {
      answer.mockImplementation(way)
      begin()
      await settle()
      expect(document.querySelectorAll('li').length).toBe(0)
      expect(await handedOn()?.answer).toBeNull()
    }
    document.body.innerHTML = '<div id="app"></div>'
    answer.mockResolvedValue(new Response(JSON.stringify({ set })))
    begin()
    await settle()
    expect(document.querySelectorAll('li').length).toBe(0)
  })
})
