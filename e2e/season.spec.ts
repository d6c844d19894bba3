/** A season of 65 contests: the calendar before everybody, a season made at the desk, who goes on and who declines. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BINARY, enter, expect, expectAccessible, freePort, test as base } from './hall'

interface Season {
  url: string
}
/** `--scenario season`: ready when its organiser's door is open. */
const test = base.extend<{ baseURL: string }, { season: Season }>({
  season: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'guildhall-season-'))
      const url = `http://127.0.0.1:${await freePort()}`
      const hall = spawn(BINARY, ['demo', '--listen', url.slice('http://'.length), '--data', folder, '--seed', '7', '--scenario', 'season'], { stdio: 'ignore' })
      const gone = new Promise((resolve) => hall.once('exit', resolve))
      try {
        await expect(async () => {
          const roles = (await (await fetch(`${url}/api/demo/roles`)).json()) as { items: { key: string }[] }
          expect(roles.items.map((role) => role.key)).toContain('organiser')
        }).toPass({ timeout: 110_000 })
        await use({ url })
      } finally {
        hall.kill('SIGTERM')
        await gone
        rmSync(folder, { recursive: true, force: true })
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ season }, use) => {
    await use(season.url)
  },
})

test('everybody reads the calendar: year, month, list, filters, by keyboard', async ({ page }) => {
  await page.goto('/stage/calendar')
  await expect(page.getByTestId('calendar-count')).toContainText('65')
  await expectAccessible(page, 'the year')
  for (const view of ['quarter', 'month', 'list']) {
    await page.getByTestId(`calendar-${view}`).click()
    await expect(page).toHaveURL(new RegExp(`view=${view}`))
    await expect(page.getByTestId('calendar-count')).toBeVisible()
    await expectAccessible(page, view)
  }
  await page.getByTestId('calendar-tier').selectOption('city')
  await expect(page.getByTestId('calendar-count')).toContainText('5')
  await page.getByTestId('calendar-search').fill('没有这样的赛事')
  await page.getByTestId('calendar-clear').click()
  await expect(page.getByTestId('calendar-count')).toContainText('65')
  // Left turns the page back while the focus is there.
  const period = await page.getByTestId('calendar-period').textContent()
  await page.getByTestId('calendar-before').focus()
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByTestId('calendar-period')).not.toHaveText(period ?? '')
  await page.getByTestId('calendar-today').click()
  await expect(page.getByTestId('calendar-period')).toHaveText(period ?? '')

  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/stage/calendar')
  await expect(page.locator('[data-testid^=calendar-item-]')).toHaveCount(65)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  await expectAccessible(page, 'the phone')
})

test('an organiser makes a season, and confirms who goes on', async ({ page, season }) => {
  await enter(page, 'organiser', '/desk/seasons')
  await expectAccessible(page, 'seasons')
  await page.locator('[data-testid^=season-sea_]').first().click()
  await expect(page.getByTestId('tier-city')).toBeVisible()
  await expectAccessible(page, 'a season')
  // 65 contests are looked through by pages, words and choices; a tier can be folded.
  const cards = page.locator('[data-testid^=in-season-]')
  expect(await cards.count()).toBeLessThanOrEqual(24)
  const before = await cards.first().getAttribute('data-testid')
  await page.getByTestId('next-enterprise').click()
  await expect(cards.first()).not.toHaveAttribute('data-testid', before ?? '')
  await page.getByTestId('season-tier').selectOption('city')
  await expect(page.getByTestId('tier-enterprise')).toBeHidden()
  await page.getByTestId('season-search').fill('没有这样的赛事')
  await expect(cards).toHaveCount(0)
  await expect(page.getByTestId('count-city')).toContainText('中的 0 场')
  await page.getByTestId('season-clear').click()
  await page.getByTestId('fold-city').click()
  await expect(page.getByTestId('tier-city').locator('[data-testid^=in-season-]')).toHaveCount(0)

  // One that the demonstration left to be confirmed.
  const seasons = (await (await fetch(`${season.url}/api/seasons`)).json()) as { items: { id: string }[] }
  const shown = (await (await fetch(`${season.url}/api/seasons/${seasons.items[0]?.id}`)).json()) as { tiers: { contests: { id: string; state: string; advanced: number; target: string | null }[] }[] }
  const all = shown.tiers.flatMap((tier) => tier.contests)
  const drafts = new Set(all.filter((contest) => contest.state === 'draft').map((contest) => contest.id))
  const given = all.find((contest) => contest.state === 'final' && contest.advanced > 0 && contest.target && drafts.has(contest.target))
  expect(given, 'a final contest that has sent somebody into a draft').toBeDefined()
  await page.goto(`/desk/seasons/${seasons.items[0]?.id}/advancement/${given?.id}`)
  await expectAccessible(page, 'advancement')
  const decline = page.locator('[data-testid^=decline-]').first()
  const name = (await decline.getAttribute('data-testid'))?.slice('decline-'.length) ?? ''
  await decline.click()
  await page.getByTestId('confirm').click()
  await page.getByTestId('reason').fill('工作调动')
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId(`advance-${name}`)).toContainText('已放弃')

  await page.goto('/desk/seasons/new')
  await expect(page.getByTestId('season-fine')).toBeVisible()
  await expectAccessible(page, 'a new season')
  await page.getByTestId('make-season').click()
  await expect(page.getByTestId('tier-enterprise')).toContainText('各组前 3 名晋级')
  await page.goto('/desk/calendar')
  await expect(page.getByTestId('calendar-count')).toContainText('65')
  await expectAccessible(page, "the desk's calendar")
})

