/** Blind numbers from the commitment to the names: an organiser draws, nobody knows whose a number is, and two people undo it. */
import { enter, expect, expectAccessible, test, type Hall } from './hall'
import { workbook } from './xlsx'

interface Shipped {
  name: string
  source: string
}
const PAPER = 'E3.1'
const NAMES = ['欧阳甲', '欧阳乙', '欧阳丙', '欧阳丁', '欧阳戊']
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A contest in draft that shows names, with five competitors, chief judge and supervisor. */
async function drafted(hall: Hall): Promise<string> {
  const [organiser, administrator] = [await hall.signIn('organiser'), await hall.signIn('administrator')]
  const shipped = async (path: string, name: string) => (await organiser.get<{ items: Shipped[] }>(path)).items.find((each) => each.name === name)?.source ?? ''
  const { id } = await organiser.post<{ id: string }>('/api/contests', {
    name: { zh: `抽签的赛事${Date.now() % 100_000}`, en: 'A contest that draws' },
    scheme: await shipped('/api/schemes', 'robot-maintenance'),
    rule_set: await shipped('/api/rule-sets', 'china-industry-final'),
    blind: false,
    starts_at: new Date().toISOString(),
    venues: [{ name: { zh: '东赛场', en: 'East venue' }, stations: ['E1', 'E2'] }],
  })
  const rows = [['姓名', '单位', '代表队', '组别', '赛场', '检录号', '账号'], ...NAMES.map((name, at) => [name, '某单位', '某队', at < 3 ? '职工组' : '学生组', '东赛场', `K${at + 1}`, ''])]
  await organiser.send(`/api/contests/${id}/imports/competitors?commit=true`, { name: '选手.xlsx', mimeType: XLSX, buffer: workbook(rows) })
  const accounts = await administrator.all<{ id: string; login: string }>('/api/accounts?limit=200')
  for (const [login, role] of [['chief', 'chief_judge'], ['supervisor', 'supervisor']] as const) {
    await administrator.post(`/api/accounts/${accounts.find((account) => account.login === login)?.id}/roles`, { role, scope: { kind: 'contest', contest: id } })
  }
  await organiser.close()
  await administrator.close()
  return id
}

test('lots are drawn, sealed, and undone by two', async ({ page, browser, hall }) => {
  test.setTimeout(180_000)
  const contest = await drafted(hall)
  const organiser = await hall.signIn('organiser')
  const [draw, results] = [`/desk/contests/${contest}/draw`, `/desk/contests/${contest}/results`]

  // A commitment first; then lots, with something that nobody could know before.
  await enter(page, 'organiser', draw)
  await expectAccessible(page, 'a draw that nobody has begun')
  await page.getByTestId('commit').click()
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('commitment')).toHaveText(/^[0-9a-f]{64}$/)
  const commitment = await page.getByTestId('commitment').innerText()
  await expect(page.getByTestId('list')).toHaveText(/^[0-9a-f]{64}$/)
  const list = await page.getByTestId('list').innerText()
  await page.getByTestId('lots').click()
  await expect(page.getByRole('dialog')).toContainText('5')
  await page.getByTestId('public-part').fill('福彩 4 0 7')
  await expectAccessible(page, 'drawing lots')
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('draw')).toHaveAttribute('data-state', 'sealed')
  await expectAccessible(page, 'a sealed draw')

  // The list has names without numbers; papers have numbers without names; the public board has numbers.
  await page.goto(`/desk/contests/${contest}/entries`)
  await expect(page.getByTestId('sealed')).toBeVisible()
  await expect(page.getByRole('row', { name: NAMES[0] })).toContainText('–')
  await organiser.post(`/api/contests/${contest}/state`, { to: 'live', reason: null })
  const papers = await organiser.all<{ entry_no: string }>(`/api/contests/${contest}/theory`)
  expect(papers.map((each) => each.entry_no)).not.toContain('K1')
  await organiser.post(`/api/contests/${contest}/theory`, { aspect: PAPER, marks: papers.map(({ entry_no }, at) => ({ entry_no, mark: `${18 - at}.00` })) })
  await page.goto(`/desk/contests/${contest}/theory`)
  await expect(page.getByTestId(`mark-${papers[0]?.entry_no}`)).toBeVisible()
  await page.goto(`/stage/${contest}`)
  await expect(page.getByText(papers[0]?.entry_no ?? '').first()).toBeVisible()
  for (const name of NAMES) await expect(page.getByText(name)).toHaveCount(0)

  // In review marks are looked at once more, by number still; before that nothing can be undone.
  await organiser.post(`/api/contests/${contest}/state`, { to: 'review', reason: null })
  const [judging, seeing] = [await hall.signIn('chief'), await hall.signIn('supervisor')]
  await judging.post(`/api/contests/${contest}/recheck`, {})
  const { ordered } = await judging.get<{ ordered: { entries: { entry: string; is_wanted: boolean }[] } }>(`/api/contests/${contest}/recheck`)
  for (const { entry } of ordered.entries.filter((each) => each.is_wanted)) await seeing.post(`/api/contests/${contest}/recheck/entries/${entry}`, { differences: [] })
  await judging.close()
  await seeing.close()

  // The chief judge and the supervisor each confirm the result by numbers; with the second it is undone.
  const somebody = await browser.newContext({ baseURL: hall.url, locale: 'zh-CN' })
  const chief = await somebody.newPage()
  await enter(chief, 'chief', draw)
  await chief.getByTestId('undo-chief_judge').click()
  await expectAccessible(chief, 'undoing a draw')
  await chief.getByTestId('confirm').click()
  await expect(chief.getByTestId('undoer-chief_judge')).not.toContainText('尚未确认')
  await expect(chief.getByTestId('undo-supervisor')).toHaveCount(0)
  await somebody.close()
  const other = await browser.newContext({ baseURL: hall.url, locale: 'zh-CN' })
  const theirs = await other.newPage()
  await enter(theirs, 'supervisor', draw)
  await theirs.getByTestId('undo-supervisor').click()
  await theirs.getByTestId('confirm').click()
  await expect(theirs.getByTestId('draw')).toHaveAttribute('data-state', 'undone')
  await expect(theirs.getByTestId('seed')).toContainText('福彩 4 0 7')
  await expect(theirs.getByTestId('commitment')).toHaveText(commitment)
  await expect(theirs.getByTestId('list')).toHaveText(list)
  // The shipped rule set draws over the whole field, whose lots are named by the layer alone.
  await expect(theirs.getByTestId('again')).toHaveText(/--ids '.*福彩 4 0 7' < entries\.txt \| python3 draw\.py '.*福彩 4 0 7' 'draw'$/)
  for (const name of NAMES) await expect(theirs.getByRole('cell', { name }).first()).toBeVisible()
  await expectAccessible(theirs, 'a draw that is undone')
  await theirs.goto(results)
  await expect(theirs.getByText(NAMES[0] ?? '').first()).toBeVisible()
  await other.close()
  await organiser.close()
})
