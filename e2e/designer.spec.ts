/** The designer on the real hall: a rule with witnesses is written as a form; an aspect's maximum is changed, mended, saved as the second version, compared; the scheme goes out to Excel and comes back; a criterion is divided. */
import { readFileSync } from 'node:fs'
import { enter, expect, expectAccessible, reach, test, type Signed } from './hall'

interface Shipped {
  name: string
  source: string
}
interface Made {
  id: string
}

async function draft(organiser: Signed): Promise<string> {
  const { items } = await organiser.get<{ items: Shipped[] }>('/api/schemes')
  const scheme = items.find((each) => each.name === 'robot-maintenance')?.source
  const made = await organiser.post<Made>('/api/contests', {
    name: { zh: '设计试验赛', en: 'Design trial' }, scheme, rule_set: null, blind: true, starts_at: '2030-05-01T01:00:00.000Z',
    venues: [{ name: { zh: '一号馆', en: 'Hall one' }, stations: ['D1', 'D2'] }],
  })
  return made.id
}
const ASPECT = 'modules[0].criteria[0].aspects[0]'

test('a maximum is changed, its fault is seen and mended, the next version saved and compared; Excel goes out and comes back', async ({ page, hall }) => {
  test.setTimeout(180_000)
  const organiser = await hall.signIn('organiser')
  const contest = await draft(organiser)
  await enter(page, 'organiser', `/desk/contests/${contest}/scheme`)
  await page.getByTestId('edit-scheme').click()
  await expect(page.getByTestId('design-fine')).toBeVisible()
  await expect(page.getByTestId('total')).toContainText('100.00')
  await expect(page.getByTestId('save-design')).toBeDisabled()
  await expectAccessible(page, 'the designer')

  // By keys alone: down the tree to the aspect, into its form.
  await reach(page, 'node-scheme')
  for (let n = 0; n < 5; n += 1) await page.keyboard.press('ArrowDown')
  await expect(page.getByTestId(`node-${ASPECT}`)).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page.locator('[name=code]')).toBeFocused()

  await page.locator('[name=max]').fill('two')
  await expect(page.getByTestId('design-faulty')).toBeVisible()
  await expect(page.getByTestId(`node-${ASPECT}`)).toContainText('1')
  await page.getByTestId('node-modules[3]').click()
  await page.getByTestId('design-fault-list').getByRole('button').first().click()
  await expect(page.locator('[name=max]')).toBeFocused()

  // More than it was: the sum is off, and says so where it stands.
  await page.locator('[name=max]').fill('4')
  await page.locator('[name=max]').press('Tab')
  await expect(page.getByTestId('total')).toContainText('102.00')
  await expect(page.getByTestId('node-modules[0]')).toContainText('20.00')
  await expect(page.getByTestId('design-fault-list')).toContainText('102.00')
  await page.getByTestId('undo').click()
  await page.getByTestId('undo').click()
  await expect(page.getByTestId('total')).toContainText('100.00')

  // Marks are moved from one aspect to the next.
  await page.getByTestId(`node-${ASPECT}`).click()
  await page.locator('[name=max]').fill('1.5')
  await page.getByTestId('node-modules[0].criteria[0].aspects[1]').click()
  await page.locator('[name=max]').fill('3.5')
  await page.locator('[name=max]').press('Tab')
  await expect(page.getByTestId('total')).toContainText('100.00')
  await page.getByTestId('design-text').click()
  await expect(page.getByTestId('scheme-text')).toContainText('Robot system maintenance')
  await expectAccessible(page, 'the designer with its text')

  await page.getByTestId('save-design').click()
  await page.getByTestId('confirm').click()
  await expect(page.getByRole('alert')).toContainText('请写明改了什么')
  await page.getByTestId('reason').fill('夹具安装调分')
  await page.getByTestId('confirm').click()
  await expect(page.getByRole('status').filter({ hasText: '已存为第 2 版' })).toBeVisible()

  await page.getByTestId('design-versions').click()
  await expect(page.getByTestId('version-2')).toContainText('夹具安装调分')
  await expect(page.getByTestId('change-aspect-A1.1')).toContainText('1.5')
  await expect(page.getByTestId('change-aspect-A1.2')).toContainText('3.5')
  await page.getByTestId('compare-lines').click()
  await expect(page.getByTestId('comparison')).toContainText('max: 3.5')
  await expectAccessible(page, 'two versions')

  // Out to Excel, and back as it was.
  await page.getByTestId('files').click()
  const out = page.waitForEvent('download')
  await page.getByTestId('to-workbook').click()
  const book = await (await out).path()
  await page.getByTestId('workbook-file').setInputFiles({ name: 'scheme.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: readFileSync(book) })
  await expect(page.getByTestId('save-design')).toBeEnabled()
  await page.getByTestId('compare-words').click()
  await expect(page.getByTestId('comparison')).toContainText('评分没有变化')
  await page.getByTestId('workbook-file').setInputFiles({ name: 'no.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('no workbook') })
  await expect(page.getByRole('dialog')).toContainText('无法读取')
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()

  // The first version comes back as the third.
  await page.getByTestId('undo').click()
  await page.getByTestId('restore-1').click()
  await page.getByTestId('reason').fill('改回')
  await page.getByTestId('confirm').click()
  await expect(page.getByText('v3').first()).toBeVisible()
  expect((await organiser.get<{ items: { version: number }[] }>(`/api/contests/${contest}/scheme/versions`)).items.map((each) => each.version)).toEqual([3, 2, 1])
  await organiser.close()
})

test('a rule with three witnesses is added to an automatic aspect, the check is content, and undo takes it back', async ({ page, hall }) => {
  test.setTimeout(180_000)
  const organiser = await hall.signIn('organiser')
  const contest = await draft(organiser)
  await enter(page, 'organiser', `/desk/contests/${contest}/scheme`)
  await page.getByTestId('edit-scheme').click()
  await expect(page.getByTestId('design-fine')).toBeVisible()

  // At the aspect stands what its rules come to together.
  await page.getByRole('treeitem').filter({ hasText: 'E2.1' }).click()
  await expect(page.getByTestId('rule-list').getByRole('button')).toHaveCount(2)
  await expect(page.getByTestId('rules-reach')).toContainText('3.50')
  await page.getByTestId('add-rule').click()

  // The new one stands behind the others of its aspect and says at its field what is still to be written.
  await expect(page.locator('[name=rule-id]')).toBeFocused()
  await expect(page.locator('[name=rule-aspect]')).toHaveValue('E2.1')
  const node = page.getByRole('treeitem', { selected: true })
  await expect(node).toContainText('rule-1')
  await expect(page.getByTestId('design-faulty')).toBeVisible()
  await expect(page.locator('[name=on-condition]')).toHaveAttribute('aria-invalid', 'true')
  await expect(node).toContainText('1')
  await page.getByTestId('node-scheme').click()
  await page.getByTestId('design-fault-list').getByRole('button').first().click()
  await expect(page.locator('[name=on-condition]')).toBeFocused()

  // A word is completed by keys alone.
  await page.keyboard.type('prot')
  await expect(page.getByRole('listbox').filter({ visible: true }).getByRole('option')).toHaveText([/protective_stop/])
  await expectAccessible(page, 'a condition that is completed')
  await page.keyboard.press('Enter')
  await expect(page.locator('[name=on-condition]')).toHaveValue('protective_stop')
  await page.keyboard.press('Tab')
  await expect(page.getByTestId('design-fine')).toBeVisible()

  // One condition becomes several witnesses, a line each.
  await page.getByTestId('on-several').click()
  await expect(page.locator('[name=on-witness-1]')).toHaveValue('protective_stop')
  await page.locator('[name=on-witness-2]').fill('estop')
  await page.getByTestId('on-add-witness').click()
  await page.locator('[name=on-witness-3]').fill('guard_open && tcp_speed > 50m')
  await page.locator('[name=on-witness-3]').press('Tab')
  await expect(page.getByTestId('design-faulty')).toBeVisible()
  await expect(page.locator('[name=on-witness-3]')).toHaveAttribute('aria-invalid', 'true')
  await page.locator('[name=on-witness-3]').fill('guard_open && tcp_speed > 50mm/s')
  await page.locator('[name=on-at-least]').fill('4')
  await page.locator('[name=on-at-least]').press('Tab')
  await expect(page.locator('[name=on-at-least]')).toHaveAttribute('aria-invalid', 'true')
  await page.locator('[name=on-at-least]').fill('2')
  await page.locator('[name=on-within]').fill('500ms')
  await page.locator('[name=on-within]').press('Tab')
  await expect(page.getByTestId('on-means')).toContainText('3 个见证中，至少 2 个在 500ms 内')
  await page.locator('[name=rule-id]').fill('stopped')
  await page.locator('[name=says-zh]').fill('机器人被迫停下')
  await page.locator('[name=says-en]').fill('The robot was stopped')
  await page.locator('[name=rule-at_most]').fill('2')
  await page.locator('[name=rule-at_most]').press('Tab')
  await expect(page.getByTestId('design-fine')).toBeVisible()
  await expect(node).toContainText('stopped')
  await expectAccessible(page, 'a rule with witnesses')

  await page.getByTestId('design-text').click()
  await node.click()
  await expect(page.getByTestId('scheme-text')).toContainText('on: {agree: {witnesses: [protective_stop, estop, guard_open && tcp_speed > 50mm/s], at_least: 2, within: 500ms}}')
  await page.getByTestId('to-aspect').click()
  await expect(page.getByTestId('rule-list').getByRole('button')).toHaveCount(3)
  await expect(page.getByTestId('rules-reach')).toContainText('5.50')
  await expectAccessible(page, 'an aspect with its rules')
  for (const table of ['signals', 'phases', 'rules']) {
    await page.getByTestId(`node-${table}`).click()
    await expectAccessible(page, table)
  }

  // Step by step back to the scheme that was there.
  while (await page.getByTestId('undo').isEnabled()) await page.getByTestId('undo').click()
  await expect(page.getByRole('treeitem').filter({ hasText: 'stopped' })).toHaveCount(0)
  await expect(page.getByTestId('design-fine')).toBeVisible()
  await expect(page.getByTestId('save-design')).toBeDisabled()
  await organiser.close()
})

test('a criterion is divided, joined and divided again; the scheme shows its parts with their sums', async ({ page, hall }) => {
  test.setTimeout(120_000)
  const organiser = await hall.signIn('organiser')
  const contest = await draft(organiser)
  await enter(page, 'organiser', `/desk/contests/${contest}/design`)
  await expect(page.getByTestId('design-fine')).toBeVisible()
  const criterion = 'modules[0].criteria[0]'
  const part = (at: number) => page.getByTestId(`node-${criterion}.sub_criteria[${at}]`)

  await page.getByTestId(`node-${criterion}`).click()
  await page.getByTestId('divide').click()
  await expect(part(0)).toContainText('8.00')
  await expect(part(0)).toHaveAttribute('aria-level', '3')
  await page.getByTestId('join').click()
  await expect(part(0)).toHaveCount(0)
  await page.getByTestId('undo').click()
  await expect(part(0)).toContainText('A1a')

  // A second part, with an aspect that moves over; the one it came with goes.
  await page.getByTestId('add-below').click()
  await expect(part(1)).toHaveAttribute('aria-selected', 'true')
  await page.locator('[name=name-zh]').fill('气路')
  await page.getByTestId(`node-${criterion}.sub_criteria[0].aspects[2]`).click()
  await page.getByTestId('act-down').click()
  await page.getByTestId(`node-${criterion}.sub_criteria[1].aspects[1]`).click()
  await page.getByTestId('act-remove').click()
  await expect(part(0)).toContainText('5.00')
  await expect(part(1)).toContainText('3.00')
  await expect(page.getByTestId('design-fine')).toBeVisible()
  await expectAccessible(page, 'a divided criterion')

  await page.getByTestId('save-design').click()
  await page.getByTestId('reason').fill('评分单元分块')
  await page.getByTestId('confirm').click()
  await expect(page.getByRole('status').filter({ hasText: '已存为第 2 版' })).toBeVisible()
  await page.getByTestId('design-versions').click()
  await expect(page.getByTestId('change-sub_criterion-A1a')).toBeVisible()
  await expect(page.getByTestId('change-aspect-A1.3')).toContainText('A1b')

  await page.goto(`/desk/contests/${contest}/scheme`)
  await expect(page.getByTestId('part-A1a')).toContainText('5.00')
  await expect(page.getByTestId('part-A1b')).toContainText('3.00')
  await expectAccessible(page, 'a scheme with parts')
  await organiser.close()
})
