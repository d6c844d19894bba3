import { expect, it } from 'vitest'
import { edgeName, settingsFaults, settingsFile } from './settings'

const draft = { edge: 'edg_east', hall: 'https://hall.example.org', broker: '127.0.0.1:1883', topic: 'cell/{station}/{signal}' }

it.each([
  ['East venue', 'edg_east-venue'],
  ['  Hall №3 (Süd) ', 'edg_hall-no3-su-d'],
  ['东', 'edg_venue-2'],
  ['', 'edg_venue-2'],
])('names the gateway of %j', (name, edge) => {
  expect(edgeName(name, 2)).toBe(edge)
  expect(settingsFaults({ ...draft, edge })).toEqual({})
})

it.each([
  [{ edge: 'Edge East' }, 'edge'],
  [{ edge: '' }, 'edge'],
  [{ hall: 'hall.example.org' }, 'hall'],
  [{ hall: 'https://hall.example.org/desk' }, 'hall'],
  [{ hall: 'ftp://hall' }, 'hall'],
  [{ broker: 'broker' }, 'broker'],
  [{ broker: 'broker:0' }, 'broker'],
  [{ broker: 'broker:70000' }, 'broker'],
  [{ topic: 'cell/{station}' }, 'topic'],
  [{ topic: 'cell/{signal}/{signal}/{station}' }, 'topic'],
  [{ topic: 'cell-{station}/{signal}' }, 'topic'],
  [{ topic: '#/{station}/{signal}' }, 'topic'],
  [{ topic: 'a+/{station}/{signal}' }, 'topic'],
])('finds the fault of %j', (change, field) => {
  expect(Object.keys(settingsFaults({ ...draft, ...change }))).toEqual([field])
})

it.each([{}, { hall: 'http://127.0.0.1:8080/' }, { broker: 'mqtt://broker.local:1883' }, { broker: '[::1]:1883' }, { broker: '', topic: '' }, { topic: '+/{station}/x/{signal}/#' }])('takes %j', (change) => {
  expect(settingsFaults({ ...draft, ...change })).toEqual({})
})

it('writes a whole file, in which no name can break a line', () => {
  const file = settingsFile({ ...draft, hall: 'http://h:1/', contest: 'con_1', about: '决赛\nkey: x', key: 'ghk_"a', stations: ['E1', 'E2'] })
  expect(file.split('\n')[0]).toBe('# 决赛 key: x')
  expect(file).toContain('key: "ghk_\\"a"\n')
  expect(file).toContain('hall: "http://h:1"\n')
  expect(file).toContain('stations: ["E1", "E2"]\n')
  expect(file).toContain('- {topic: "cell/{station}/{signal}"}\n')
  expect(file).toContain('#   {"station":"E1","t":1790000000000000000,')
  expect(file).toContain('#   curl --data-binary @- http://127.0.0.1:8091/samples')
  expect(settingsFile({ ...draft, broker: ' ', contest: 'con_1', about: 'x', key: 'k', stations: ['E1'] })).not.toContain('mqtt:')
})
