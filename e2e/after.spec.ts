/** After a contest: recheck with an error and its escalation, an appeal by the competitor himself, upheld after publication, published again. */
import { enter, expect, expectAccessible, test, type Hall } from './hall'
import { workbook } from './xlsx'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const PAPER = 'E3.1'
const PASSWORD = 'appeal-of-k5'

/** A contest in review: five competitors with theory marks, of whom the first is always rechecked and one of the others drawn; K5 can sign in. */
async function inReview(hall: Hall): Promise<{ contest: string; login: string }> {
  const [organiser, administrator] = [await hall.signIn('organiser'), await hall.signIn('administrator')]
  const shipped = async (path: string, name: string) => (await organiser.get<{ items: { name: string; source: string }[] }>(path)).items.find((each) => each.name === name)?.source ?? ''
  const stamp = Date.now() % 1_000_000
  const login = `k5-${stamp}`
  const { id } = await organiser.post<{ id: string }>('/api/contests', {
    name: { zh: `复核与申诉${stamp}`, en: `Recheck and appeal ${stamp}` },
    scheme: await shipped('/api/schemes', 'robot-maintenance'),
    rule_set: (await shipped('/api/rule-sets', 'china-industry-final')).replace('  top_ranks: 10\n  top_share: 30%\n', '  top_ranks: 1\n').replace('{total: 60}', '{total: 1}'),
    blind: true,
    starts_at: new Date().toISOString(),
    venues: [{ name: { zh: '东赛场', en: 'East venue' }, stations: ['E1', 'E2'] }],
  })
  const rows = [['姓名', '单位', '代表队', '组别', '赛场', '检录号', '账号'], ...['甲', '乙', '丙', '丁', '戊'].map((name, at) => [name, '某单位', '', '职工组', '东赛场', `K${at + 1}`, at === 4 ? login : ''])]
  await organiser.send(`/api/contests/${id}/imports/competitors?commit=true`, { name: '选手.xlsx', mimeType: XLSX, buffer: workbook(rows) })
  const accounts = await administrator.all<{ id: string; login: string }>('/api/accounts?limit=200')
  const account = (of: string) => accounts.find((each) => each.login === of)?.id
  for (const [of, role] of [['chief', 'chief_judge'], ['supervisor', 'supervisor'], ['arbitrator-1', 'arbitrator']] as const) {
    await administrator.post(`/api/accounts/${account(of)}/roles`, { role, scope: { kind: 'contest', contest: id } })
  }
  await administrator.post(`/api/accounts/${account(login)}/password`, { password: PASSWORD })
  await organiser.post(`/api/contests/${id}/state`, { to: 'live', reason: '试验赛，不抽签', even_so: true })
  await organiser.post(`/api/contests/${id}/theory`, { aspect: PAPER, marks: [17.5, 15, 12.25, 9, 4].map((mark, at) => ({ entry_no: `K${at + 1}`, mark: mark.toFixed(2) })) })
  await organiser.post(`/api/contests/${id}/state`, { to: 'review', reason: null })
  await organiser.close()
  await administrator.close()
  return { contest: id, login }
}

/** By the hall's door: both sign, and the chief judge publishes over the runs that never began. */
async function publish(hall: Hall, contest: string) {
  const [chief, supervisor] = [await hall.signIn('chief'), await hall.signIn('supervisor')]
  const { digest } = await chief.get<{ digest: string }>(`/api/contests/${contest}/results`)
  for (const [client, role] of [[chief, 'chief_judge'], [supervisor, 'supervisor']] as const) await client.post(`/api/contests/${contest}/results/signatures`, { role, digest })
  await chief.post(`/api/contests/${contest}/state`, { to: 'final', reason: '只有理论成绩', even_so: true })
  await chief.close()
  await supervisor.close()
}

test('a recheck finds an error and goes on to everybody; an appeal that is upheld has the result published again', async ({ page, browser, hall }) => {
  test.setTimeout(240_000)
  const { contest, login } = await inReview(hall)

  // The chief judge orders it, with a number that fell in public.
  await enter(page, 'chief', `/desk/contests/${contest}/recheck`)
  await expect(page.getByTestId('not-ordered')).toBeVisible()
  await expectAccessible(page, 'a recheck that was not ordered')
  await page.getByTestId('order-recheck').click()
  await page.getByTestId('public-part').fill('2026140')
  await expectAccessible(page, 'ordering a recheck')
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('recheck')).toHaveAttribute('data-left', '2')
  await expect(page.getByTestId('seed')).toContainText(' 2026140')

  // The supervisor looks: the first is right, the one who was drawn isn't.
  const other = await browser.newContext({ baseURL: hall.url, locale: 'zh-CN' })
  const theirs = await other.newPage()
  await enter(theirs, 'supervisor', `/desk/contests/${contest}/recheck`)
  await theirs.getByTestId('look-K1').click()
  await expect(theirs.getByRole('dialog')).toContainText('17.50')
  await expectAccessible(theirs, 'looking at an entry once more')
  await theirs.getByTestId('confirm').click()
  await expect(theirs.getByTestId('stand-K1')).toContainText('无误')
  const drawn = theirs.locator('[data-testid^="look-"]')
  await expect(drawn).toHaveCount(1)
  await drawn.click()
  await theirs.getByTestId(`found-${PAPER}`).fill('3.5')
  await expect(theirs.getByTestId('confirm')).toBeDisabled()
  await theirs.getByTestId(`reason-${PAPER}`).fill('加分有误')
  await theirs.getByTestId('confirm').click()
  await expect(theirs.getByTestId('recheck-all')).toContainText('全部核查')
  await expect(theirs.getByTestId('recheck')).toHaveAttribute('data-left', '3')
  await expectAccessible(theirs, 'everybody is rechecked')
  for (let left = 3; left > 0; left -= 1) {
    await theirs.locator('[data-testid^="look-"]').first().click()
    await theirs.getByTestId('confirm').click()
    await expect(theirs.getByTestId('recheck')).toHaveAttribute('data-left', String(left - 1))
  }
  await other.close()
  await publish(hall, contest)

  // K5 appeals on his own page, against his paper.
  const own = await browser.newContext({ baseURL: hall.url, locale: 'zh-CN', viewport: { width: 390, height: 844 } })
  const signedIn = await own.request.post('/api/session', { data: { login, password: PASSWORD }, headers: { 'idempotency-key': `after-${contest}` } })
  expect(signedIn.ok(), await signedIn.text()).toBe(true)
  const mine = await own.newPage()
  await mine.goto(`/stage/${contest}/me`)
  await mine.getByTestId('appeal').click()
  await mine.getByTestId('appeal-module').selectOption('E')
  await mine.getByTestId(`appeal-${PAPER}`).check()
  await mine.getByTestId('appeal-send').click()
  await expect(mine.getByRole('alert')).toBeVisible()
  await mine.getByTestId('appeal-text').fill('第三题没有登分。')
  await expectAccessible(mine, 'writing an appeal')
  await mine.getByTestId('appeal-send').click()
  await expect(mine.getByTestId('my-appeal-E')).toHaveAttribute('data-state', 'open')
  await expectAccessible(mine, 'an appeal that waits')

  // The board says so, and the results page what waits.
  await page.goto(`/stage/${contest}`)
  await expect(page.getByTestId('under-review')).toHaveCount(1)
  await expectAccessible(page, 'a board with an entry under review')
  await page.goto(`/desk/contests/${contest}/results`)
  await expect(page.getByTestId('waits-appeals')).toContainText('1')

  // The arbitrator upholds it: the contest goes back, to be signed and published again.
  const third = await browser.newContext({ baseURL: hall.url, locale: 'zh-CN' })
  const decides = await third.newPage()
  await enter(decides, 'arbitrator-1', `/desk/contests/${contest}/appeals`)
  await expect(decides.getByTestId('appeal-K5')).toHaveAttribute('data-state', 'open')
  await expect(decides.getByTestId('appeal-K5')).not.toContainText('戊')
  await expectAccessible(decides, 'appeals')
  await decides.getByTestId('decide-K5').click()
  await decides.getByTestId('decision-upheld').check()
  await decides.getByTestId(`found-${PAPER}`).fill('16')
  await decides.getByTestId(`reason-${PAPER}`).fill('第三题漏登')
  await decides.getByTestId('reason').fill('核对答卷，第三题应得分')
  await expectAccessible(decides, 'deciding an appeal')
  await decides.getByTestId('confirm').click()
  await expect(decides.getByTestId('appeal-K5')).toHaveAttribute('data-state', 'upheld')
  await third.close()
  await expect(mine.getByTestId('my-appeal-E')).toHaveAttribute('data-state', 'upheld')
  await own.close()
  await page.goto(`/desk/contests/${contest}/results`)
  await expect(page.getByTestId('signatures')).toHaveAttribute('data-state', 'void')
  await expect(page.getByTestId('void')).toBeVisible()
  await expectAccessible(page, 'signatures that are void')
  await publish(hall, contest)
  await page.goto(`/stage/${contest}`)
  await expect(page.getByTestId('under-review')).toHaveCount(0)
  await expect(page.getByTestId('board')).toContainText('16.00')
})
