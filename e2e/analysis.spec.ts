/** What the figures say while a contest goes on: to those who hold it, in words first; to a competitor once it is published, not before. */
import { enter, expect, expectAccessible, test } from './hall'

test('the chief judge reads findings, explanations and tables', async ({ page, hall }) => {
  test.setTimeout(120_000)
  await enter(page, 'chief', `/desk/contests/${hall.contest}/analysis?lang=en`)
  await expect(page.getByTestId('provisional')).toBeVisible({ timeout: 30_000 })
  // The demonstration's judges have to begin first.
  await expect(async () => {
    await page.reload()
    await expect(page.getByTestId('theme-selection')).toBeVisible()
  }).toPass({ timeout: 60_000 })
  await expect(page.getByTestId('theme-training')).toBeVisible()
  await expect(page.getByTestId('figure-alpha')).toContainText('Cronbach')
  for (const tab of ['abilities', 'judges', 'conduct', 'machine', 'aspects']) {
    await page.getByTestId(`analysis-${tab}`).click()
    await page.locator('#analysis-panel summary').first().click()
    await expectAccessible(page, `analysis ${tab}`)
  }
  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).first().click()
  expect((await file).suggestedFilename()).toContain('Aspects')
})

test('a competitor has no portrait before the result is published, and nobody has another’s', async ({ page, hall }) => {
  const [competitor, judge] = [await hall.signIn('competitor'), await hall.signIn('judge-east')]
  const { entry } = await competitor.get<{ entry: string }>(`/api/contests/${hall.contest}/mine`)
  await page.goto(`/stage/${hall.contest}/competitors/${entry}/portrait`)
  await page.getByTestId('role-competitor').click()
  await expect(page.getByTestId('portrait-not-yet')).toBeVisible()
  await expectAccessible(page, 'portrait before its time')
  await expect(judge.get(`/api/contests/${hall.contest}/portrait/${entry}`)).rejects.toThrow()
  await competitor.close()
  await judge.close()
})
