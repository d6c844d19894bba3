/** The desk and the control room: verdicts are confirmed by a person, the field comes in by Excel. */
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { request } from '@playwright/test'
import { BINARY, enter, expect, expectAccessible, reach, test, type Hall } from './hall'
import { workbook } from './xlsx'

interface Verdict {
  id: string
  outcome: string
  waits: boolean
  standing: string
}

/** The demonstration's cells run on; a verdict that waits for a person comes up within moments. */
async function waitingVerdict(hall: Hall, wanted: (verdict: Verdict) => boolean): Promise<string> {
  const chief = await hall.signIn('chief')
  let found: string | undefined
  await expect
    .poll(
      async () => {
        const { items } = await chief.get<{ items: Verdict[] }>(`/api/contests/${hall.contest}/verdicts?state=waiting&limit=200`)
        found = items.find(wanted)?.id
        return found !== undefined
      },
      { timeout: 60_000, message: 'a verdict that waits' },
    )
    .toBe(true)
  await chief.close()
  return found as string
}

test('the chief judge reads the evidence and confirms; it is gone from the queue', async ({ page, hall }) => {
  await enter(page, 'chief', `/desk/contests/${hall.contest}/control`)
  await expect(page.getByTestId('connection')).toHaveText(/实时/)
  await expectAccessible(page, 'the control room')
  // Newest first, and the simulated chief judge leaves the newest alone for a while: this one is ours.
  const id = await waitingVerdict(hall, (verdict) => verdict.outcome !== 'undecided')
  await page.getByTestId(`waiting-${id}`).click()
  await expect(page.getByTestId('evidence')).toBeVisible()
  await expectAccessible(page, 'a verdict with its evidence')
  await page.getByTestId('confirm-verdict').click()
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId(`waiting-${id}`)).toHaveCount(0)
  const chief = await hall.signIn('chief')
  const after = await chief.all<Verdict>(`/api/contests/${hall.contest}/verdicts?limit=200`)
  expect(after.find((verdict) => verdict.id === id)).toMatchObject({ waits: false, standing: 'counted' })
  await chief.close()
})

/** Runs whose clocks are stopped and closed: what the stop hides nobody can decide. Several, for the simulated judges soon mark every other by hand. */
async function runsWithAStop(hall: Hall) {
  const chief = await hall.signIn('chief')
  const runs = await chief.all<{ id: string; state: string }>(`/api/contests/${hall.contest}/runs?limit=200`)
  const open = runs.filter(({ state }) => state === 'open').slice(0, 4)
  if (!open.length) throw new Error('no run is under way')
  for (const run of open) {
    for (const clock of [{ act: 'stop', reason: 'equipment' }, { act: 'resume' }, { act: 'close' }]) {
      await chief.post(`/api/contests/${hall.contest}/runs/${run.id}/clock`, clock)
    }
  }
  await chief.close()
}

test('what nobody can confirm stands apart, says who may mark it by hand, and is counted apart', async ({ page, hall }) => {
  await runsWithAStop(hall)
  await waitingVerdict(hall, (verdict) => verdict.outcome === 'undecided')
  await enter(page, 'chief', `/desk/contests/${hall.contest}/control`)
  const apart = page.getByTestId('undecided')
  await expect(apart).toContainText('可手工评的裁判：')
  await expect(page.getByTestId('to-confirm').getByText('无法判定')).toHaveCount(0)
  await expectAccessible(page, 'the control room with undecided verdicts')
  // Both lists move on while they are read: each is what the hall says waits.
  const chief = await hall.signIn('chief')
  await expect(async () => {
    const all = await chief.all<Verdict>(`/api/contests/${hall.contest}/verdicts?state=waiting&limit=200`)
    const undecided = all.filter((verdict) => verdict.outcome === 'undecided').length
    await expect(page.getByTestId('undecided-count')).toHaveText(String(undecided), { timeout: 500 })
    await expect(page.getByTestId('confirm-count')).toHaveText(String(all.length - undecided), { timeout: 500 })
  }).toPass({ timeout: 30_000 })
  await chief.close()
})

test('a frozen board thaws again, and the question names the contest', async ({ page, hall }) => {
  await enter(page, 'chief', `/desk/contests/${hall.contest}/control`)
  // Until the contest is there, the room's heading is its own.
  await expect(page.getByTestId('contest-state')).toBeVisible()
  const name = await page.getByRole('heading', { level: 1 }).innerText()
  await page.getByTestId('to-frozen').click()
  await expect(page.getByRole('dialog')).toContainText(name)
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('contest-state')).toHaveText('已封榜')
  await page.getByTestId('to-live').click()
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('contest-state')).toHaveText('进行中')
})

test('competitors by Excel: problems by row, then the whole file or nothing', async ({ page, hall }) => {
  const organiser = await hall.signIn('organiser')
  const before = await organiser.all<{ name: string; venue_name: { zh: string }; group: string }>(`/api/contests/${hall.contest}/entries?limit=200`)
  const venue = before[0]?.venue_name.zh ?? ''
  const group = before[0]?.group ?? ''
  const heading = ['姓名', '单位', '代表队', '组别', '赛场', '检录号', '账号']
  const name = `欧阳${Date.now() % 100000}`
  const good = [name, '徐州工程机械集团有限公司工会委员会', '', group, venue, '', '']
  const file = (rows: string[][]) => ({ name: '名单.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: workbook([heading, ...rows]) })

  await enter(page, 'organiser', `/desk/contests/${hall.contest}/import`)
  await page.getByTestId('file').setInputFiles({ name: '坏.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('no workbook') })
  await expect(page.getByRole('alert')).toBeVisible()

  await page.getByTestId('file').setInputFiles(file([good, ['', '某单位', '', group, '月球赛场', '', '']]))
  const result = page.getByTestId('import-result')
  await expect(result).toContainText('1 行有 2 个问题')
  await expect(page.getByTestId('commit')).toBeDisabled()
  await expectAccessible(page, 'an import with problems')
  const [annotated] = await Promise.all([page.waitForEvent('download'), page.getByTestId('annotated').click()])
  expect(annotated.suggestedFilename()).toBe('名单-批注.xlsx')
  const parts = await readFile((await annotated.path())!)
  expect(parts.subarray(0, 2).toString()).toBe('PK')
  // Dropped again as it is, it has the same problems: the new column is in nobody's way.
  await page.getByTestId('file').setInputFiles({ name: '名单-批注.xlsx', mimeType: 'application/octet-stream', buffer: parts })
  await expect(result).toContainText('1 行有 2 个问题')
  expect((await organiser.all(`/api/contests/${hall.contest}/entries?limit=200`)).length).toBe(before.length)

  await page.getByTestId('file').setInputFiles(file([good]))
  await page.getByTestId('commit').click()
  await page.getByTestId('confirm').click()
  await expect(result).toContainText('已导入 1 行')
  await page.getByTestId('tab-entries').click()
  await page.getByTestId('search').fill(name)
  await expect(page.getByRole('cell', { name, exact: true })).toBeVisible()
  await organiser.close()
})

const sheet = (name: string, rows: string[][]) => ({ name, mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: workbook(rows) })

test('a contest from the shipped scheme: two venues, a gateway key, its field, first passwords', async ({ page, hall }) => {
  const stamp = String(Date.now() % 1_000_000)
  const name = `新建赛事${stamp}`
  await enter(page, 'organiser', '/desk/')
  await page.getByTestId('new-contest').click()

  // Everything that is missing is told at once, and a faulty scheme with its places.
  await page.getByTestId('make').click()
  await expect(page.locator('[name="zh"]')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.locator('[name="venue-0-stations"]')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByTestId('scheme-text')).toHaveAttribute('aria-invalid', 'true')
  await expectAccessible(page, 'a new contest with faults')
  await page.getByTestId('scheme-file').setInputFiles({ name: 'scheme.yaml', mimeType: 'application/yaml', buffer: Buffer.from('format: guildhall/scheme/1\nid: x\nversoin: 1\n') })
  await expect(page.getByTestId('scheme-faulty')).toBeVisible()
  await expect(page.getByTestId('scheme-faults')).toContainText('第 3 行 1 列')
  await page.getByTestId('scheme-robot-maintenance').click()
  await expect(page.getByRole('dialog')).toContainText('scheme.yaml')
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('scheme-fine')).toBeVisible()
  await expect(page.getByTestId('scheme-summary')).toContainText('100.00')

  await page.locator('[name="zh"]').fill(name)
  await page.locator('[name="en"]').fill(`New contest ${stamp}`)
  await page.locator('[name="starts"]').fill('2027-12-05T09:00')
  await page.getByTestId('add-venue').click()
  for (const [at, zh, en, stations] of [[0, '东赛场', 'East venue', 'E1-E3'], [1, '西赛场', 'West venue', 'W1 W2']] as const) {
    await page.locator(`[name="venue-${at}-zh"]`).fill(zh)
    await page.locator(`[name="venue-${at}-en"]`).fill(en)
    await page.locator(`[name="venue-${at}-stations"]`).fill(stations)
  }
  await page.reload()
  await expect(page.locator('[name="zh"]')).toHaveValue(name)
  await expect(page.locator('[name="venue-1-stations"]')).toHaveValue('W1 W2')
  await expect(page.getByTestId('scheme-fine')).toBeVisible()
  await expectAccessible(page, 'a new contest, filled in')
  await page.getByTestId('make').click()

  // The contest's page says what comes next.
  await expect(page.getByTestId('next-steps')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
  await expect(page.getByTestId('step-competitors')).toHaveClass(/todo/)
  await expect(page.getByTestId('step-open')).toHaveClass(/later/)
  await expectAccessible(page, 'what comes next')
  const contest = /contests\/([^/?]+)/.exec(page.url())?.[1] as string
  const organiser = await hall.signIn('organiser')
  expect(await organiser.get(`/api/contests/${contest}`)).toMatchObject({ state: 'draft', blind: true, starts_at: '2027-12-05T01:00:00.000Z', venues: [{ stations: 3 }, { stations: 2 }] })

  // A gateway's key: shown once, in a settings file that the program takes as it is.
  await page.getByTestId('tab-gateways').click()
  await page.getByTestId('new-key').click()
  await expect(page.locator('[name="edge"]')).toHaveValue('edg_east-venue')
  await expectAccessible(page, 'a new key')
  await page.getByTestId('make-key').click()
  const key = await page.getByTestId('key').innerText()
  expect(key).toMatch(/^ghk_/)
  const downloading = page.waitForEvent('download')
  await page.getByTestId('save-settings').click()
  const settings = await (await downloading).path()
  const check = spawnSync(BINARY, ['edge', '--config', settings, '--check'], { encoding: 'utf8' })
  expect(`${check.stdout}${check.stderr}`).toContain(': ok')
  expect(check.status).toBe(0)
  await expectAccessible(page, 'a key, shown once')
  await page.getByTestId('key-kept').click()
  await expect(page.getByText(key)).toHaveCount(0)
  const { items: keys } = await organiser.get<{ items: { id: string; edge: string }[] }>(`/api/contests/${contest}/edge-keys`)
  expect(keys.map((each) => each.edge)).toEqual(['edg_east-venue'])
  await page.getByTestId('revoke-edg_east-venue').click()
  await expect(page.getByRole('dialog')).toContainText(keys[0]?.id as string)
  await page.getByTestId('confirm').click()
  await expect(page.getByRole('cell', { name: '已撤销' })).toBeVisible()

  // Nothing broken comes in; then the field does.
  const heading = ['姓名', '单位', '代表队', '组别', '赛场', '检录号', '账号']
  await page.getByTestId('tab-import').click()
  await page.getByTestId('file').setInputFiles(sheet('坏.xlsx', [heading, ['甲', '某单位', '', '职工组', '北赛场', 'K1', '']]))
  await expect(page.getByTestId('commit')).toBeDisabled()
  expect(await organiser.get(`/api/contests/${contest}`)).toMatchObject({ entries: 0 })
  await page.getByTestId('file').setInputFiles(sheet('选手.xlsx', [heading, ['甲', '某单位', '', '职工组', '东赛场', 'K1', ''], ['乙', '某单位', '', '职工组', '西赛场', 'K2', '']]))
  await page.getByTestId('commit').click()
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('import-result')).toContainText('已导入 2 行')
  await page.getByTestId('tab-overview').click()
  await page.getByTestId('step-judges').getByRole('link').click()
  await page.getByTestId('file').setInputFiles(sheet('裁判.xlsx', [['姓名', '单位', '赛场', '模块', '账号'], ['丙', '技师学院', '东赛场', '', `bing-${stamp}`], ['丁', '技师学院', '西赛场', '', `ding-${stamp}`]]))
  await page.getByTestId('commit').click()
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('import-result')).toContainText('已导入 2 行')

  // Theory marks can be prepared; rows at fault are told by their number, and a draft contest takes none.
  await page.getByTestId('tab-theory').click()
  await page.getByTestId('paste').fill('检录号\t成绩\nK1\t17.5\nK9\t3\nK2\t99')
  await page.getByTestId('take-paste').click()
  await expect(page.getByTestId('mark-K1')).toHaveValue('17.50')
  await expect(page.getByTestId('paste-faults')).toContainText('第 3 行')
  await expect(page.getByTestId('paste-faults')).toContainText('第 4 行')
  await expect(page.getByTestId('submit-theory')).toBeDisabled()
  await expectAccessible(page, 'theory marks')

  // The administrator makes the judges' first passwords and a chief judge.
  await organiser.close()
  await page.context().clearCookies()
  await enter(page, 'administrator', `/desk/contests/${contest}/passwords`)
  await page.getByTestId('make-passwords').click()
  await expect(page.getByRole('dialog')).toContainText(name)
  await page.getByTestId('confirm').click()
  const made = page.getByTestId('passwords-made')
  await expect(made.locator('li')).toHaveCount(2)
  await expectAccessible(page, 'first passwords')
  const [login = '', password = ''] = await made.locator('li').first().locator('code').allInnerTexts()
  const judge = await request.newContext({ baseURL: hall.url })
  expect((await judge.post('/api/session', { data: { login, password } })).status()).toBe(200)
  await judge.dispose()
  const exporting = page.waitForEvent('download')
  await page.getByTestId('save-passwords').click()
  await exporting

  await page.getByRole('link', { name: '账号与角色' }).click()
  await page.locator('[name="by-contest"]').selectOption(contest)
  await page.getByTestId(`grant-bing-${stamp}`).click()
  await page.locator('[name="role"]').selectOption('chief_judge')
  await expect(page.locator('[name="contest"]')).toHaveValue(contest)
  await expectAccessible(page, 'granting a role')
  await page.getByTestId('save').click()
  await expect(page.getByRole('row', { name: `bing-${stamp}` })).toContainText('裁判长')
  await page.goto(`/desk/contests/${contest}`)
  for (const step of ['competitors', 'judges', 'passwords', 'roles']) await expect(page.getByTestId(`step-${step}`)).toHaveClass(/done/)
})

test('a theory mark is corrected: what stands is shown, and the question says what is replaced', async ({ page, hall }) => {
  const organiser = await hall.signIn('organiser')
  type Paper = { aspect: string; entry_no: string; mark: string | null }
  const marked = async () => (await organiser.all<Paper>(`/api/contests/${hall.contest}/theory`)).filter((each) => each.mark !== null)
  let before: Paper[] = []
  await expect.poll(async () => (before = await marked()).length, { message: 'the demonstration has imported its paper' }).toBeGreaterThan(0)
  const { aspect, entry_no: no, mark } = before[0] as Paper
  const next = mark === '12.50' ? '13.00' : '12.50'
  await enter(page, 'organiser', `/desk/contests/${hall.contest}/theory`)
  await page.getByTestId(`mark-${no}`).fill(next)
  await page.getByTestId('submit-theory').click()
  await expect(page.getByRole('dialog')).toContainText(`${no}: ${mark} → ${next}`)
  await page.getByTestId('confirm').click()
  await expect(page.getByRole('row', { name: no })).toContainText(next)
  const after = await marked()
  expect(after.find((each) => each.entry_no === no && each.aspect === aspect)?.mark).toBe(next)
  expect(after.length).toBe(before.length)
  await organiser.close()
})

test('the form to sign in does not move when a demonstration’s roles are slow to come', async ({ page }) => {
  await page.route('**/api/demo/roles', async (route) => {
    await new Promise((wait) => setTimeout(wait, 700))
    await route.continue()
  })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/desk/applications')
  const button = page.locator('form.sign-in button[type=submit]')
  await expect(button).toBeVisible()
  const stood = await button.boundingBox()
  await expect(page.getByTestId('demo-organiser')).toBeVisible()
  expect(await button.boundingBox()).toEqual(stood)
})

test('the keyboard alone: from signing in to the control room and back', async ({ page, hall }) => {
  await page.goto('/desk/')
  await page.getByTestId('demo-organiser').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('demo-organiser')).toBeHidden()
  await page.goto('/desk/')
  await expect(page.getByTestId(`contest-${hall.contest}`)).toBeVisible()
  await reach(page, `contest-${hall.contest}`)
  await page.keyboard.press('Enter')
  const heading = page.getByRole('heading', { level: 1 })
  await expect(heading, 'the focus is at the new page').toBeFocused()
  await expect(page).toHaveTitle(/工作台/)
  await reach(page, 'open-control')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('connection')).toHaveText(/实时/)
  await expect(heading).toBeFocused()
  await expect(page).toHaveTitle(/总控台/)
})

test('who may not see a control room is told so, and an expired sign-in is asked for', async ({ page, context, hall }) => {
  await page.goto('/judge/')
  await page.getByTestId('demo-judge-east').click()
  await expect(page.getByTestId('outbox')).toBeVisible()
  await page.goto(`/desk/contests/${hall.contest}/control`)
  await expect(page.getByTestId('not-yours')).toBeVisible()
  await context.clearCookies()
  await enter(page, 'chief', `/desk/contests/${hall.contest}/control`)
  await expect(page.getByTestId('connection')).toHaveText(/实时/)
  // The line is asked for anew, and by then the sign-in has expired.
  await context.clearCookies()
  await page.route('**/live/staff/**', (route) => route.fulfill({ status: 401 }))
  await page.getByRole('link', { name: '返回工作台' }).click()
  await expect(page).not.toHaveURL(/\/control$/)
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('工作台登录')
})

for (const theme of ['light', 'dark'] as const) {
  test(`every page of the desk is accessible, ${theme}`, async ({ page, hall }) => {
    await page.goto(`/desk/?theme=${theme}`)
    await page.evaluate((wanted) => localStorage.setItem('guildhall.theme', wanted), theme)
    await enter(page, 'organiser', `/desk/contests/${hall.contest}`)
    await expectAccessible(page, `overview, ${theme}`)
    for (const tab of ['entries', 'judges', 'import', 'scheme', 'rules', 'recordings']) {
      await page.getByTestId(`tab-${tab}`).click()
      await expect(page.getByTestId(`tab-${tab}`)).toHaveAttribute('aria-current', 'page')
      await expectAccessible(page, `${tab}, ${theme}`)
    }
    await page.goto(`/desk/contests/${hall.contest}/control`)
    await expect(page.getByTestId('connection')).toHaveText(/实时/)
    await expectAccessible(page, `the control room, ${theme}`)
    await page.goto('/desk/')
    await expect(page.getByTestId(`contest-${hall.contest}`)).toBeVisible()
    await expectAccessible(page, `contests, ${theme}`)
    await page.context().clearCookies()
    await enter(page, 'administrator', '/desk/')
    for (const place of ['organisations', 'persons', 'accounts']) {
      await page.goto(`/desk/${place}`)
      await expect(page.getByTestId('search')).toBeVisible()
      await expectAccessible(page, `${place}, ${theme}`)
    }
  })
}

test('every page of the desk: both languages, accessible', async ({ page, hall }) => {
  await page.goto('/desk/')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('工作台登录')
  await expectAccessible(page, 'signing in')
  await enter(page, 'organiser', `/desk/contests/${hall.contest}`)
  for (const tab of ['overview', 'entries', 'judges', 'import', 'gateways', 'theory', 'scheme', 'rules', 'recordings']) {
    await page.getByTestId(`tab-${tab}`).click()
    await expect(page.getByTestId(`tab-${tab}`)).toHaveAttribute('aria-current', 'page')
    await expectAccessible(page, tab)
  }
  await page.getByTestId('language').click()
  await expect(page.getByTestId('tab-recordings')).toHaveText('Recordings')
  await page.locator('[data-testid^="open-run_"]').first().click()
  await expect(page.getByTestId('plot').locator('canvas').first()).toBeVisible()
  await expectAccessible(page, 'a recording in English')
})
