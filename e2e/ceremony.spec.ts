/** Freeze and ceremony: an end that is planned at the desk freezes the public board; afterwards the result is revealed by the keyboard. */
import { enter, expect, expectAccessible, test, type Hall } from './hall'
import { workbook } from './xlsx'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const PAPER = 'E3.1'
const NAMES = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛']

/** A live contest of eight, workers and students, all with a mark: the better, the earlier in the list. */
async function played(hall: Hall): Promise<string> {
  const [organiser, administrator] = [await hall.signIn('organiser'), await hall.signIn('administrator')]
  const shipped = async (path: string, name: string) => (await organiser.get<{ items: { name: string; source: string }[] }>(path)).items.find((each) => each.name === name)?.source ?? ''
  const stamp = Date.now() % 1_000_000
  const rules = await shipped('/api/rule-sets', 'china-industry-final')
  const { id } = await organiser.post<{ id: string }>('/api/contests', {
    name: { zh: `颁奖${stamp}`, en: `Ceremony ${stamp}` },
    scheme: await shipped('/api/schemes', 'robot-maintenance'),
    rule_set: rules.replace('  top_ranks: 10\n  top_share: 30%\n', '  top_ranks: 1\n').replace('{total: 60}', '{total: 1}').replace('share: 10%', 'share: 25%').replace('share: 20%', 'share: 25%').replace('share: 30%}', 'share: 50%}'),
    blind: false,
    starts_at: new Date().toISOString(),
    venues: [{ name: { zh: '东赛场', en: 'East venue' }, stations: ['E1', 'E2'] }],
  })
  const rows = [['姓名', '单位', '代表队', '组别', '赛场', '检录号', '账号'], ...NAMES.map((name, at) => [`选手${name}`, '某机器人厂', '', at < 4 ? '职工组' : '学生组', '东赛场', `K${at + 1}`, ''])]
  await organiser.send(`/api/contests/${id}/imports/competitors?commit=true`, { name: '选手.xlsx', mimeType: XLSX, buffer: workbook(rows) })
  const accounts = await administrator.all<{ id: string; login: string }>('/api/accounts?limit=200')
  for (const [login, role] of [['chief', 'chief_judge'], ['supervisor', 'supervisor']] as const) {
    await administrator.post(`/api/accounts/${accounts.find((each) => each.login === login)?.id}/roles`, { role, scope: { kind: 'contest', contest: id } })
  }
  await organiser.post(`/api/contests/${id}/state`, { to: 'live', reason: '试验赛，不抽签', even_so: true })
  await organiser.post(`/api/contests/${id}/theory`, { aspect: PAPER, marks: NAMES.map((_, at) => ({ entry_no: `K${at + 1}`, mark: (18 - at).toFixed(2) })) })
  await organiser.close()
  await administrator.close()
  return id
}

/** As the browser's clocks show it, which live in Shanghai (see `playwright.config.ts`). */
const local = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 16)

test('a planned end freezes the public board, and an extension is planned at the desk', async ({ page, hall }) => {
  const contest = await played(hall)
  await enter(page, 'organiser', `/desk/contests/${contest}`)
  await expect(page.getByTestId('freeze')).toContainText('60')
  await page.getByTestId('plan-times').click()
  await page.locator('[name="ends"]').fill('2020-01-01T00:00')
  await page.getByTestId('save').click()
  await expect(page.locator('[name="ends"]')).toHaveAttribute('aria-invalid', 'true')
  await expectAccessible(page, 'planning an end that is past')
  await page.locator('[name="ends"]').fill(local(Date.now() + 5 * 3_600_000))
  await page.getByTestId('save').click()
  await expect(page.locator('[name="ends"]')).toHaveCount(0)
  await expect(page.getByTestId('freeze')).toContainText('封榜')
  const board = await page.context().newPage()
  await board.goto(`/stage/${contest}`)
  await expect(board.getByTestId('planned')).toContainText('封榜')
  await expect(board.getByTestId('connection')).toContainText('实时')
  // The hour before the end begins in ten seconds: the hall freezes it by itself.
  const organiser = await hall.signIn('organiser')
  const { starts_at } = await organiser.get<{ starts_at: string }>(`/api/contests/${contest}`)
  await organiser.post(`/api/contests/${contest}/schedule`, { starts_at, ends_at: new Date(Date.now() + 3_600_000 + 10_000).toISOString() })
  await expect(board.getByTestId('connection')).toContainText('已封榜', { timeout: 45_000 })
  await expect(board.getByTestId('planned')).toContainText('起封榜')
  await expectAccessible(board, 'a board that was frozen by its plan')
  await organiser.close()
})

test('the ceremony reveals from the last rank up, by keyboard', async ({ page, browser, hall }) => {
  const contest = await played(hall)
  const chief = await hall.signIn('chief')
  await chief.post(`/api/contests/${contest}/state`, { to: 'review', reason: null })

  // Nobody else sees it before it is published, and nobody before it is signed.
  const stranger = await (await browser.newContext({ baseURL: hall.url, locale: 'zh-CN', viewport: { width: 1920, height: 1080 } })).newPage()
  await stranger.goto(`/stage/${contest}/ceremony`)
  await expect(stranger.getByTestId('ceremony-closed')).toBeVisible()
  await expectAccessible(stranger, 'a ceremony before its time')
  await page.setViewportSize({ width: 1920, height: 1080 })
  await enter(page, 'chief', `/stage/${contest}/ceremony`)
  await expect(page.getByTestId('ceremony-unsigned')).toContainText('监督员')
  await expectAccessible(page, 'a ceremony without signatures')
  const supervisor = await hall.signIn('supervisor')
  const { ordered } = await chief.post<{ ordered: { entries: { entry: string; is_wanted: boolean }[] } }>(`/api/contests/${contest}/recheck`, { public_part: null })
  for (const { entry } of ordered.entries.filter((each) => each.is_wanted)) await supervisor.post(`/api/contests/${contest}/recheck/entries/${entry}`, { differences: [] })
  const { digest } = await chief.get<{ digest: string }>(`/api/contests/${contest}/results`)
  for (const [client, role] of [[chief, 'chief_judge'], [supervisor, 'supervisor']] as const) await client.post(`/api/contests/${contest}/results/signatures`, { role, digest })
  await page.getByRole('button', { name: '再看一次' }).click()

  // Workers: third prize from the last rank up, second, first.
  await expect(page.getByTestId('step-opening')).toContainText('职工')
  await expect(page.getByTestId('ceremony-state')).toContainText('尚未公布')
  await expectAccessible(page, 'a ceremony at its beginning')
  await page.keyboard.press('Space')
  await expect(page.getByTestId('step-prize')).toContainText('三等奖')
  const winner = page.getByTestId('winner')
  for (const name of ['选手丁', '选手丙']) {
    await page.keyboard.press('ArrowRight')
    await expect(winner).toHaveText(name)
  }
  await expectAccessible(page, 'a name that is revealed')
  await page.keyboard.press('ArrowLeft')
  await expect(winner).toHaveText('选手丁')
  await page.keyboard.press('PageDown')
  await expect(page.getByTestId('step-prize')).toContainText('二等奖')
  await page.keyboard.press('End')
  await expect(winner).toHaveText('选手甲')
  // It stands where it stood after a reload; another group is found where it was left.
  await page.reload()
  await expect(winner).toHaveText('选手甲')
  await page.keyboard.press('2')
  await expect(page.getByTestId('step-opening')).toContainText('学生')
  await page.keyboard.press('End')
  await expect(winner).toHaveText('选手戊')
  await page.keyboard.press('g')
  await expect(winner).toHaveText('选手甲')
  await page.keyboard.press('Home')
  await expect(page.getByTestId('step-opening')).toBeVisible()
  await page.keyboard.press('h')
  await expect(page.getByTestId('ceremony-help')).toBeVisible()
  await expectAccessible(page, 'the keys of a ceremony')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('ceremony-help')).toBeHidden()
  // Nothing of it leaves the picture.
  expect(await page.evaluate(() => [document.documentElement.scrollWidth <= innerWidth, document.documentElement.scrollHeight <= innerHeight])).toEqual([true, true])

  // Published: everybody may look.
  await chief.post(`/api/contests/${contest}/state`, { to: 'final', reason: '只有理论成绩', even_so: true })
  await stranger.getByRole('button', { name: '再看一次' }).click()
  await expect(stranger.getByTestId('step-opening')).toBeVisible()
  await expect(stranger.getByTestId('ceremony-state')).toContainText('已定榜')
  await stranger.context().close()
  await chief.close()
  await supervisor.close()
})
