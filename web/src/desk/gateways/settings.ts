/** The settings file of a venue's gateway, complete (`guildhall edge --config`), and the checks of what goes into it. Pure. */

export interface GatewayDraft {
  edge: string
  /** The hall's address as the venue sees it. */
  hall: string
  /** Empty: no MQTT, samples are posted to the gateway. */
  broker: string
  topic: string
}
export interface Gateway extends GatewayDraft {
  contest: string
  /** For the reader only: the names of contest and venue. */
  about: string
  key: string
  stations: readonly string[]
}

/** `edg_east-venue` from a venue's English name; a number where the name has no Latin letters. */
export function edgeName(venueEn: string, place: number): string {
  const word = venueEn.normalize('NFKD').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 40)
  return `edg_${word || `venue-${place}`}`
}

export function settingsFaults(draft: GatewayDraft): Record<string, string> {
  const faults: Record<string, string> = {}
  if (!/^[a-z0-9_-]{1,64}$/.test(draft.edge)) faults['edge'] = 'desk.edgeBad'
  if (!/^https?:\/\/[^/\s?#@"]+\/?$/.test(draft.hall)) faults['hall'] = 'desk.hallBad'
  const broker = draft.broker.trim()
  if (broker === '') return faults
  const port = /^(?:mqtt:\/\/)?[^\s/:]+:(\d{1,5})$|^\[[0-9a-fA-F:]+\]:(\d{1,5})$/.exec(broker)
  const number = Number(port?.[1] ?? port?.[2] ?? 0)
  if (number < 1 || number > 65_535) faults['broker'] = 'desk.brokerBad'
  const levels = draft.topic.trim().split('/')
  const once = (level: string) => levels.filter((each) => each === level).length === 1
  const odd = levels.some((level, at) => (/[{}]/.test(level) && level !== '{station}' && level !== '{signal}') || (/[+#]/.test(level) && level !== '+' && !(level === '#' && at === levels.length - 1)))
  if (!once('{station}') || !once('{signal}') || odd) faults['topic'] = 'desk.topicBad'
  return faults
}

/** A text in YAML's double quotes, which are JSON's. */
const quoted = (text: string) => JSON.stringify(text)

/** How a program hands in samples without MQTT, as comments above `listen`. */
const door = (station: string) => [
  "# The gateway's own HTTP door: GET /status and /readyz for whoever looks after it, POST /samples for programs without MQTT:",
  "#   curl --data-binary @- http://127.0.0.1:8091/samples <<'END'",
  '#   {"v":1,"edge":"my-program","seq":1,"backlog":0,"sent_at":"2026-09-21T13:33:20.050Z"}',
  `#   {"station":${quoted(station)},"t":1790000000000000000,"s":{"force":12.5,"estop":false},"q":"good"}`,
  '#   END',
  '# The first line says who sends, and counts his batches; then one line for each instant of a station, t in ns since 1970.',
]

export function settingsFile(gateway: Gateway): string {
  const comment = gateway.about.replaceAll(/[\r\n]+/g, ' ')
  const mqtt =
    gateway.broker.trim() === ''
      ? ['# Samples are posted to the door above; for MQTT see docs/operations.md.']
      : ['mqtt:', `  - broker: ${quoted(gateway.broker.trim())}`, '    topics:', '      # One value a message; the topic names station and signal. Other shapes: docs/operations.md.', `      - {topic: ${quoted(gateway.topic.trim())}}`]
  return [
    `# ${comment}`,
    '# This file holds the key: chmod 600. Check: guildhall edge --config FILE --check; run: guildhall edge --config FILE',
    'format: guildhall/edge/1',
    `edge: ${quoted(gateway.edge)}`,
    `contest: ${quoted(gateway.contest)}`,
    `hall: ${quoted(gateway.hall.replace(/\/$/, ''))}`,
    `key: ${quoted(gateway.key)}`,
    ...door(gateway.stations[0] ?? 'E1'),
    'listen: 127.0.0.1:8091',
    '# listen_key: another-secret    # then POST /samples needs it as a bearer token; set it where others reach this address',
    'spool:',
    '  folder: /var/lib/guildhall/spool',
    'recordings:',
    '  folder: /var/lib/guildhall/recordings',
    `stations: [${gateway.stations.map(quoted).join(', ')}]`,
    ...mqtt,
    '',
  ].join('\n')
}
