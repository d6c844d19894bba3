/** The desk and the control room: verdicts are confirmed by a person, the field comes in by Excel. */
import type { Page } from '@playwright/test'
import { expect, expectAccessible, test, type Hall } from './hall'
import { workbook } from './xlsx'

async function enter(page: Page, door: string, path: string) {
  await page.goto('/desk/')
  await page.getByTestId(`demo-${door}`).click()
  await expect(page.getByTestId(`demo-${door}`)).toBeHidden()
  await page.goto(path)
}

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
  // Newest first, and the simulated chief judge leaves the newest alone: this one is ours.
  const id = await waitingVerdict(hall, (verdict) => verdict.outcome !== 'undecided')

  await enter(page, 'chief', `/desk/contests/${hall.contest}/control`)
  await expect(page.getByTestId('connection')).toHaveText(/实时/)
  await expectAccessible(page, 'the control room')
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

test('a frozen board thaws again, and the question names the contest', async ({ page, hall }) => {
  await enter(page, 'chief', `/desk/contests/${hall.contest}/control`)
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
  expect((await organiser.all(`/api/contests/${hall.contest}/entries?limit=200`)).length).toBe(before.length)

  await page.getByTestId('file').setInputFiles(file([good]))
  await page.getByTestId('commit').click()
  await page.getByTestId('confirm').click()
  await expect(result).toContainText('已导入 1 行')
  await page.getByTestId('tab-entries').click()
  await page.getByTestId('search').fill(name)
  await expect(page.getByRole('cell', { name })).toBeVisible()
  await organiser.close()
})

test('every page of the desk: both languages, accessible', async ({ page, hall }) => {
  await page.goto('/desk/')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('工作台登录')
  await expectAccessible(page, 'signing in')
  await enter(page, 'organiser', `/desk/contests/${hall.contest}`)
  for (const tab of ['overview', 'entries', 'judges', 'import', 'scheme', 'recordings']) {
    await page.getByTestId(`tab-${tab}`).click()
    await expect(page.getByTestId(`tab-${tab}`)).toHaveAttribute('aria-current', 'page')
    await expectAccessible(page, tab)
  }
  await page.getByTestId('language').click()
  await expect(page.getByTestId('tab-recordings')).toHaveText('Recordings')
  await page.locator('[data-testid^="open-"]').first().click()
  await expect(page.getByTestId('plot').locator('canvas')).toBeVisible()
  await expectAccessible(page, 'a recording in English')
})
