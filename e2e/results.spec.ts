/** A result from review to the pack: it is rechecked, chief judge and supervisor sign what stands from then on, anybody checks what was published. */
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { BINARY, enter, expect, expectAccessible, reach, test, type Hall } from './hall'
import { workbook } from './xlsx'

interface Shipped {
  name: string
  source: string
}
interface Results {
  digest: string
  standing: { entries: { no: string; rank: number | null }[]; prizes: { entry: string | null; name: { zh: string } }[] }
}
const PAPER = 'E3.1'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A contest of its own: five competitors with theory marks, medals by a rule set, chief judge and supervisor appointed, opened. */
async function contestUnderWay(hall: Hall): Promise<string> {
  const [organiser, administrator] = [await hall.signIn('organiser'), await hall.signIn('administrator')]
  const shipped = async (path: string, name: string) => (await organiser.get<{ items: Shipped[] }>(path)).items.find((each) => each.name === name)?.source ?? ''
  const { id } = await organiser.post<{ id: string }>('/api/contests', {
    name: { zh: `签字的赛事${Date.now() % 100_000}`, en: 'A contest to be signed' },
    scheme: await shipped('/api/schemes', 'robot-maintenance'),
    rule_set: await shipped('/api/rule-sets', 'worldskills-style'),
    blind: true,
    starts_at: new Date().toISOString(),
    venues: [{ name: { zh: '东赛场', en: 'East venue' }, stations: ['E1', 'E2'] }],
  })
  const rows = [['姓名', '单位', '代表队', '组别', '赛场', '检录号', '账号'], ...['甲', '乙', '丙', '丁', '戊'].map((name, at) => [name, '某单位', '', '职工组', '东赛场', `K${at + 1}`, ''])]
  await organiser.send(`/api/contests/${id}/imports/competitors?commit=true`, { name: '选手.xlsx', mimeType: XLSX, buffer: workbook(rows) })
  const accounts = await administrator.all<{ id: string; login: string }>('/api/accounts?limit=200')
  for (const [login, role] of [['chief', 'chief_judge'], ['supervisor', 'supervisor']] as const) {
    await administrator.post(`/api/accounts/${accounts.find((account) => account.login === login)?.id}/roles`, { role, scope: { kind: 'contest', contest: id } })
  }
  await organiser.post(`/api/contests/${id}/state`, { to: 'live', reason: '试验赛，不抽签', even_so: true })
  await organiser.post(`/api/contests/${id}/theory`, { aspect: PAPER, marks: [17.5, 15, 12.25, 9, 4].map((mark, at) => ({ entry_no: `K${at + 1}`, mark: mark.toFixed(2) })) })
  await organiser.close()
  await administrator.close()
  return id
}

/** Everybody who is chosen is looked at, and every mark is right. */
async function recheck(hall: Hall, contest: string) {
  const [chief, supervisor] = [await hall.signIn('chief'), await hall.signIn('supervisor')]
  const { ordered } = await chief.post<{ ordered: { entries: { entry: string; is_wanted: boolean }[] } }>(`/api/contests/${contest}/recheck`, { public_part: null })
  for (const { entry } of ordered.entries.filter((each) => each.is_wanted)) await supervisor.post(`/api/contests/${contest}/recheck/entries/${entry}`, { differences: [] })
  await chief.close()
  await supervisor.close()
}

/** Runs that never began are refused first; the chief judge answers for them. */
async function answerForTheRest(page: Page) {
  await page.getByTestId('confirm').click()
  await page.getByTestId('even-so').check()
  await page.getByTestId('reason').fill('只有理论成绩')
  await page.getByTestId('confirm').click()
}

test('a result is signed by two people, final, and checked by anybody', async ({ page, browser, hall }) => {
  test.setTimeout(180_000)
  const contest = await contestUnderWay(hall)
  const organiser = await hall.signIn('organiser')
  const results = `/desk/contests/${contest}/results`

  // Before the review the page says when there will be something.
  await enter(page, 'chief', results)
  await expect(page.getByTestId('not-yet')).toBeVisible()
  await expectAccessible(page, 'results, not yet')

  // The page follows: in review the ranking stands there, and each rank says what decided it.
  await organiser.post(`/api/contests/${contest}/state`, { to: 'review', reason: null })
  await expect(page.getByTestId('signatures')).toHaveAttribute('data-state', 'none')
  const { standing } = await organiser.get<Results>(`/api/contests/${contest}/results`)
  const winner = standing.entries.find((entry) => entry.rank === 1)
  expect(winner?.no).toBe('K1')
  await page.getByTestId('search').fill('K1')
  await page.getByRole('button', { name: /K1/ }).press('Enter')
  await expect(page.getByTestId('why-K1')).toContainText('17.50')
  await expectAccessible(page, 'a rank that is explained')
  await page.getByTestId('results-prizes').click()
  await expect(page.getByTestId('prize-/gold')).toContainText('K1')

  // Until the recheck is ordered a mark is still corrected, and the page follows.
  const before = await page.getByTestId('digest').innerText()
  await organiser.post(`/api/contests/${contest}/theory`, { aspect: PAPER, marks: [{ entry_no: 'K5', mark: '4.50' }] })
  await expect(page.getByTestId('digest')).not.toHaveText(before)

  // Nothing is signed before it was rechecked, and the page says so.
  await expect(page.getByTestId('waits-recheck')).toContainText('尚未下达')
  await recheck(hall, contest)
  await expect(page.getByTestId('waits-recheck')).toHaveCount(0)

  // The chief judge signs, by keyboard alone; his signature is for this result only.
  await reach(page, 'sign-chief_judge')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toContainText('签的是此刻的成绩')
  await expectAccessible(page, 'signing')
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('signatures')).toHaveAttribute('data-state', 'some')
  await expect(page.getByTestId('sign-supervisor')).toHaveCount(0)
  // What was rechecked and signed stands: nobody's mark is another one behind it.
  await expect(organiser.post(`/api/contests/${contest}/theory`, { aspect: PAPER, marks: [{ entry_no: 'K5', mark: '5.00' }] })).rejects.toThrow('marks_closed')

  // Nobody makes it final without the supervisor.
  await page.goto(`/desk/contests/${contest}/control`)
  await page.getByTestId('to-final').click()
  await answerForTheRest(page)
  await expect(page.getByTestId('unsigned')).toContainText('监督员')
  await expect(page.getByTestId('even-so')).toHaveCount(0)
  await page.getByTestId('unsigned').getByRole('link').click()
  await expect(page.getByTestId('signature-chief_judge')).toContainText('已签字')

  const other = await browser.newContext({ baseURL: hall.url, locale: 'zh-CN' })
  const theirs = await other.newPage()
  await enter(theirs, 'supervisor', results)
  await theirs.getByTestId('sign-supervisor').click()
  await theirs.getByTestId('confirm').click()
  await expect(theirs.getByTestId('signatures')).toHaveAttribute('data-state', 'all')
  await other.close()

  // With both signatures the result is final.
  await page.goto(`/desk/contests/${contest}/control`)
  await page.getByTestId('to-final').click()
  await answerForTheRest(page)
  await expect(page.getByTestId('contest-state')).toHaveText('已定榜')

  // The pack, and the command that is shown beside it.
  await page.goto(results)
  await expect(page.getByTestId('check')).toBeVisible()
  await expectAccessible(page, 'a final result')
  const key = await page.getByTestId('hall-key').innerText()
  await expect(page.getByTestId('command')).toContainText(`--key ${key}`)
  const [pack] = await Promise.all([page.waitForEvent('download'), page.getByTestId('pack').click()])
  expect(pack.suggestedFilename()).toBe(`${contest}-results.zip`)
  const file = (await pack.path())!
  expect((await readFile(file)).subarray(0, 2).toString()).toBe('PK')
  const verified = spawnSync(BINARY, ['verify', file, '--key', key], { encoding: 'utf8' })
  expect(verified.status, `guildhall verify: ${verified.stdout}${verified.stderr}`).toBe(0)

  // The public sees prizes and pack.
  await organiser.close()
  await page.context().clearCookies()
  const gold = standing.prizes.find((prize) => prize.name.zh === '金牌')
  await page.goto(`/stage/${contest}`)
  await expect(page.getByTestId('board')).toContainText('金牌')
  await expect(page.getByTestId('pack')).toBeVisible()
  await expectAccessible(page, 'the stage with prizes')
  await page.goto(`/stage/${contest}/competitors/${gold?.entry}`)
  await expect(page.getByTestId('prize')).toContainText('金牌')
})

test('a contest is made with a rule set: a shipped one, a faulty one, none', async ({ page, hall }) => {
  await enter(page, 'organiser', '/desk/contests/new')
  await expect(page.getByTestId('rule-set-none')).toHaveAttribute('aria-pressed', 'true')
  await page.getByTestId('scheme-robot-maintenance').click()
  await expect(page.getByTestId('scheme-fine')).toBeVisible()
  await expect(page.getByTestId('rule-set-china-industry-final')).toContainText('一等奖')
  await page.getByTestId('rule-set-china-industry-final').click()
  await expect(page.getByTestId('rule-set-fine')).toBeVisible()
  await expect(page.getByTestId('rule-set-summary')).toContainText('团体一等奖')

  // One's own, with a fault in its place; what was written is kept while none is chosen.
  await page.getByTestId('rule-set-file').setInputFiles({ name: 'rules.yaml', mimeType: 'application/yaml', buffer: Buffer.from('format: guildhall/rule-set/1\nid: x\nversoin: 1\n') })
  await expect(page.getByTestId('rule-set-faults')).toContainText('第 3 行 1 列')
  await expectAccessible(page, 'a rule set with faults')
  await page.getByTestId('rule-set-none').click()
  await expect(page.getByTestId('rule-set-text')).toHaveCount(0)
  await page.getByTestId('rule-set-own').click()
  await expect(page.getByTestId('rule-set-text')).toContainText('versoin')
  await page.getByTestId('rule-set-worldskills-style').click()
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('rule-set-fine')).toBeVisible()

  const stamp = String(Date.now() % 1_000_000)
  for (const [field, text] of [['zh', `有规则集的赛事${stamp}`], ['en', `With a rule set ${stamp}`], ['starts', '2027-12-05T09:00'], ['venue-0-zh', '东赛场'], ['venue-0-en', 'East venue'], ['venue-0-stations', 'E1-E3']] as const) await page.locator(`[name="${field}"]`).fill(text)
  await page.getByTestId('make').click()
  await expect(page.getByTestId('next-steps')).toBeVisible()
  const contest = /contests\/([^/?]+)/.exec(page.url())?.[1] as string
  const organiser = await hall.signIn('organiser')
  expect(await organiser.get(`/api/contests/${contest}/rule-set`)).toMatchObject({ id: 'worldskills-style' })
  await organiser.close()
})
