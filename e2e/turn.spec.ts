/** The competitor's own phone: his run, "please judge", his result. Comes last by its name: while the others run, his turn comes. */
import { expect, expectAccessible, test } from './hall'

test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })

interface Mine {
  entry: string
  runs: { id: string; state: string; requests: { checkpoint: string | null; at_ms: number }[] }[]
}

test('the front page leads a competitor to his run; he asks to be judged, and officials see when', async ({ page, hall }) => {
  test.setTimeout(360_000)
  const me = await hall.signIn('competitor')
  const mine = () => me.get<Mine>(`/api/contests/${hall.contest}/mine`)
  await page.goto('/')
  await page.getByTestId('role-competitor').click()
  await expect(page).toHaveURL(new RegExp(`/stage/${hall.contest}/me$`))
  await expect(page.getByTestId('my-run')).toBeVisible()
  await expectAccessible(page, "the competitor's page")
  for (const lang of ['en', 'zh-CN']) {
    await page.goto(`/stage/${hall.contest}/me?lang=${lang}`)
    await expect(page.getByTestId('my-run')).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0)
  }

  // The demonstration's stations go through the field: his turn comes, unless all of it is over.
  await expect.poll(async () => (await mine()).runs.some((run) => run.state === 'open') || (await mine()).runs.every((run) => run.state === 'closed'), { timeout: 300_000, message: 'his run is open' }).toBe(true)
  const run = (await mine()).runs.find((each) => each.state === 'open')
  if (run) {
    const ask = page.locator('[data-testid^="ask-"]').first()
    await expect(ask).toBeEnabled()
    await ask.click()
    await expect(page.locator('[data-testid^="asked-"]').first()).toHaveText(/已于 \d\d:\d\d:\d\d 请求/)
    const asked = (await mine()).runs.find((each) => each.id === run.id)!.requests
    expect(asked.length).toBeGreaterThan(run.requests.length)
    const chief = await hall.signIn('chief')
    const control = await chief.get<{ set: Record<string, unknown[]> }>(`/api/contests/${hall.contest}/control`)
    expect(control.set[`rq/${run.id}`]).toHaveLength(asked.length)
    await chief.close()
  }
  await page.getByTestId('my-result').click()
  await expect(page).toHaveURL(new RegExp(`/competitors/${(await mine()).entry}`))
  // Signed in as a competitor, every page of his contest leads back.
  await page.getByTestId('tab-mine').click()
  await expect(page.getByTestId('my-run')).toBeVisible()
  await me.close()
})

test('whoever is not signed in is asked to, and a spectator sees no such tab', async ({ page, hall }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(`/stage/${hall.contest}`)
  await expect(page.getByTestId('connection')).toHaveText('实时')
  await expect(page.getByTestId('tab-mine')).toHaveCount(0)
  expect(asked.filter((path) => path === '/api/session'), 'spectators ask the hall for no session').toEqual([])
  await page.goto('/stage/me')
  await expect(page.getByRole('heading', { name: '选手登录' })).toBeVisible()
  await expectAccessible(page, "the competitor's sign-in")
  await page.getByLabel('账号').fill('nobody')
  await page.getByLabel('密码').fill('wrong-password')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('账号或密码不对')
})
