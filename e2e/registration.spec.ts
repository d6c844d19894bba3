/** Somebody applies, is sent back, completes it and is admitted; another waits, and has the place when it is given back. */
import { enter, expect, expectAccessible, test, type Hall } from './hall'

const PASSWORD = 'klettersteig-7'
const REGISTRATION = `registration:
  opens: 30d
  closes: 1d
  as: individuals
  groups: [{group: workers, capacity: 1}]
  waiting: by_itself
  fields:
    - {code: born, name: {zh: 出生日期, en: Date of birth}, type: date, required: true}
    - {code: years, name: {zh: 从业年限, en: Years in the trade}, type: number, required: true}
    - {code: level, name: {zh: 技能等级, en: Skill level}, type: choice, choices: [{code: l4, name: {zh: 中级工, en: Level 4}}, {code: l3, name: {zh: 高级工, en: Level 3}}]}
  eligibility:
    - {code: adult, says: {zh: 须年满 18 周岁, en: Be 18 or older}, age: {field: born, at_least: 18}}
    - {code: level, says: {zh: 须具有高级工证书, en: Hold a certificate of level 3}, level: {field: level, at_least: l3}}
`

interface Prepared {
  contest: string
  logins: [string, string]
  names: [string, string]
}

/** A contest that starts in ten days, and two people with accounts and no role. */
async function prepared(hall: Hall): Promise<Prepared> {
  const [organiser, administrator] = [await hall.signIn('organiser'), await hall.signIn('administrator')]
  const shipped = async (path: string, name: string) => (await organiser.get<{ items: { name: string; source: string }[] }>(path)).items.find((each) => each.name === name)?.source ?? ''
  const rules = await shipped('/api/rule-sets', 'china-industry-final')
  const stamp = Date.now() % 1_000_000
  const { id } = await organiser.post<{ id: string }>('/api/contests', {
    name: { zh: `报名的赛事${stamp}`, en: `A contest to apply for ${stamp}` },
    scheme: await shipped('/api/schemes', 'robot-maintenance'),
    rule_set: rules.slice(0, rules.indexOf('\nregistration:') + 1) + REGISTRATION,
    blind: false,
    starts_at: new Date(Date.now() + 10 * 86_400_000).toISOString(),
    venues: [{ name: { zh: '东赛场', en: 'East venue' }, stations: ['E1'] }],
  })
  const organisation = (await administrator.get<{ items: { id: string }[] }>('/api/organisations?limit=1')).items[0]?.id
  const names: [string, string] = [`令狐${stamp}`, `上官${stamp}`]
  const logins: [string, string] = [`linghu-${stamp}`, `shangguan-${stamp}`]
  for (const [at, name] of names.entries()) {
    const person = await administrator.post<{ id: string }>('/api/persons', { name, organisation, gender: null, phone: null })
    await administrator.post('/api/accounts', { person: person.id, login: logins[at], password: PASSWORD })
  }
  await organiser.close()
  await administrator.close()
  return { contest: id, logins, names }
}

test('from the form to the field, and on to the next who waits', async ({ browser, hall }) => {
  test.setTimeout(180_000)
  const { contest, logins, names } = await prepared(hall)
  const visit = async (size: { width: number; height: number }) => (await browser.newContext({ baseURL: hall.url, viewport: size, locale: 'zh-CN' })).newPage()
  // From the front page, the list of contests and the contest itself there is a way to the form.
  const anybody = await visit({ width: 390, height: 844 })
  await anybody.goto('/')
  await expect(anybody.getByTestId('door-apply')).toContainText('场赛事正在报名')
  await expectAccessible(anybody, 'the front page with a contest to apply for')
  await anybody.goto('/stage')
  await expect(anybody.getByTestId(`registers-${contest}`)).toContainText('不限名额')
  await expectAccessible(anybody, 'the list with a contest to apply for')
  await anybody.goto(`/stage/${contest}`)
  await anybody.getByTestId(`registers-${contest}`).getByRole('link').click()
  await expect(anybody.getByTestId('whence')).toBeVisible()
  await expectAccessible(anybody, 'the sign-in of an applicant')
  await anybody.locator('input[name=login]').fill(logins[0])
  await anybody.locator('input[name=password]').fill(PASSWORD)
  await anybody.locator('form.sign-in button[type=submit]').click()
  await expect(anybody.getByTestId(`offer-${contest}`).locator('[name=group]')).toBeVisible()
  await anybody.context().close()

  const applicant = async (login: string) => {
    const page = await visit({ width: 390, height: 844 })
    await page.goto('/desk/applications')
    await page.locator('input[name=login]').fill(login)
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('form.sign-in button[type=submit]').click()
    await expect(page.getByTestId(`offer-${contest}`)).toBeVisible()
    return page
  }
  const first = await applicant(logins[0])
  await expectAccessible(first, 'what one may apply for, on a phone')
  await first.getByTestId(`apply-${contest}`).click()
  await first.getByTestId('send-application').click()
  await expect(first.locator('[name=group]')).toHaveAttribute('aria-invalid', 'true')
  await first.locator('[name=group]').selectOption('workers')
  await first.locator('[name=born]').fill('1990-01-31')
  await first.locator('[name=years]').fill('a few')
  // The draft outlives the page.
  await first.reload()
  await first.getByTestId(`apply-${contest}`).click()
  await expect(first.locator('[name=born]')).toHaveValue('1990-01-31')
  await first.getByTestId('send-application').click()
  await expect(first.locator('[name=years]')).toHaveAttribute('aria-invalid', 'true')
  await first.locator('[name=years]').fill('5')
  await expectAccessible(first, 'the form of an application')
  await first.getByTestId('send-application').click()
  const own = first.getByTestId(`own-${contest}`)
  await expect(own).toHaveAttribute('data-state', 'submitted')
  await expect(own.getByTestId('condition-level')).toHaveAttribute('data-met', 'false')
  await expectAccessible(first, 'an application that waits')

  // The organiser sees what is not met, and sends it back.
  const desk = await visit({ width: 1440, height: 900 })
  await enter(desk, 'organiser', `/desk/contests/${contest}/registration`)
  await expect(desk.getByTestId('registration')).toHaveAttribute('data-state', 'open')
  const row = (name: string) => desk.getByRole('row', { name: new RegExp(name) }).first()
  await row(names[0]).getByRole('button').first().click()
  await expectAccessible(desk, 'registration with an application opened')
  await desk.getByTestId('decide-returned').click()
  await desk.getByTestId('reason').fill('请补填技能等级')
  await desk.getByTestId('confirm').click()
  await expect(row(names[0])).toContainText('退回补正')

  // He completes it, and is admitted.
  await first.reload()
  await expect(own).toContainText('请补填技能等级')
  await first.getByTestId(`amend-${contest}`).click()
  await first.locator('[name=level]').selectOption('l3')
  await first.getByTestId('send-application').click()
  await expect(own).toHaveAttribute('data-state', 'submitted')
  await desk.reload()
  await desk.getByTestId(`pick-${names[0]}`).check()
  await desk.getByTestId('bulk-admitted').click()
  await expectAccessible(desk, 'a decision')
  await desk.getByTestId('confirm').click()
  await expect(desk.getByTestId('group-workers')).toContainText('1 / 1')
  await first.reload()
  await expect(own).toHaveAttribute('data-state', 'admitted')
  expect((await first.request.get((await first.getByTestId(`letter-${contest}`).getAttribute('href')) ?? '')).headers()['content-type']).toContain('application/pdf')
  const numbered = await first.context().newPage()
  await numbered.goto((await first.getByTestId(`to-mine-${contest}`).getAttribute('href')) ?? '')
  await expect(numbered.getByTestId('my-number')).toContainText('抽签后显示')
  await expectAccessible(numbered, "a competitor's page before lots are drawn")
  await numbered.close()

  // The group is full: the next one waits, and has the place when the first gives it back.
  const second = await applicant(logins[1])
  await second.getByTestId(`apply-${contest}`).click()
  await second.locator('[name=group]').selectOption('workers')
  await second.locator('[name=born]').fill('1985-06-01')
  await second.locator('[name=years]').fill('12')
  await second.locator('[name=level]').selectOption('l3')
  await second.getByTestId('send-application').click()
  await expect(second.getByTestId(`own-${contest}`)).toHaveAttribute('data-state', 'submitted')
  await desk.reload()
  await desk.getByTestId(`pick-${names[1]}`).check()
  await desk.getByTestId('bulk-admitted').click()
  await desk.getByTestId('confirm').click()
  await expect(desk.getByRole('dialog').getByRole('alert')).toContainText(names[1])
  await desk.getByRole('dialog').getByRole('button', { name: '取消' }).click()
  await desk.getByTestId('bulk-waiting').click()
  await desk.getByTestId('confirm').click()
  await expect(row(names[1])).toContainText('候补第 1 位')
  await first.getByTestId(`withdraw-${contest}`).click()
  await first.getByTestId('reason').fill('临时出差')
  await expectAccessible(first, 'withdrawing')
  await first.getByTestId('confirm').click()
  await expect(own).toHaveAttribute('data-state', 'withdrawn')
  await second.reload()
  await expect(second.getByTestId(`own-${contest}`)).toHaveAttribute('data-state', 'admitted')
  await desk.goto(`/desk/contests/${contest}/entries`)
  await expect(desk.getByRole('row', { name: new RegExp(names[1]) })).toBeVisible()
  await expect(desk.getByRole('row', { name: new RegExp(names[0]) })).toHaveCount(0)
  for (const page of [first, second, desk]) await page.context().close()
})
