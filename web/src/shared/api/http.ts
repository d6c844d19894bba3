/**
 * The hall's HTTP door: problem+json becomes `HallProblem`, every write carries an idempotency key and, with a cookie
 * session, the CSRF token.
 *
 * A write that got no answer can be sent again with the same key: the hall gives the first answer again. So callers that
 * may have to repeat (the tablet's outbox) make the key themselves and keep it beside the content.
 */
import { noteHallTime } from '../live/hallClock'
import type { Text } from '../text'

export interface FieldFault {
  path: string
  detail: Text
}

export interface ProblemBody {
  type?: string
  code: string
  title: Text
  status: number
  detail?: Text
  advice?: Text
  request_id?: string
  fields?: FieldFault[]
}

/** The hall answered, and said no. */
export class HallProblem extends Error {
  constructor(readonly problem: ProblemBody) {
    super(problem.code)
    this.name = 'HallProblem'
  }
  get code() {
    return this.problem.code
  }
  get status() {
    return this.problem.status
  }
}

/** No answer came: offline, cut off, or too late. Whether a write was done is not known; repeat it with the same key. */
export class HallUnreachable extends Error {
  constructor(cause: unknown) {
    super('hall_unreachable', { cause })
    this.name = 'HallUnreachable'
  }
}

const CSRF_UNDER = 'guildhall.csrf'
let csrfToken: string | null = null

function storedToken(): string | null {
  try {
    return sessionStorage.getItem(CSRF_UNDER)
  } catch {
    return null
  }
}

/** The session's answer carries the token; it lives as long as the tab. A reload fetches it again from `GET /api/session`. */
export function rememberCsrf(token: string | null) {
  csrfToken = token
  try {
    if (token === null) sessionStorage.removeItem(CSRF_UNDER)
    else sessionStorage.setItem(CSRF_UNDER, token)
  } catch {
    // kept in memory only
  }
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

export interface Write {
  body?: unknown
  key?: string
  /** Whose this is: the hall refuses it with `other_account` when the cookie is somebody else's by now. */
  account?: string
  signal?: AbortSignal
  timeoutMs?: number
}

const DEFAULT_TIMEOUT_MS = 15_000

function unknownProblem(status: number): ProblemBody {
  return {
    code: status >= 500 ? 'hall_failed' : 'not_understood',
    status,
    title: { zh: `服务器返回了 ${status}`, en: `The hall answered ${status}` },
    advice: { zh: '请稍后再试。', en: 'Please try again in a moment.' },
  }
}

async function refusal(response: Response): Promise<HallProblem> {
  const kind = response.headers.get('content-type') ?? ''
  const body = kind.includes('json') ? ((await response.json().catch(() => null)) as Partial<ProblemBody> | null) : null
  return new HallProblem({ ...unknownProblem(response.status), ...(body ?? {}) })
}

/** How an answer that is no refusal is read. */
type Reading<T> = (response: Response) => Promise<T>

async function answer<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  const kind = response.headers.get('content-type') ?? ''
  return (kind.includes('json') ? await response.json() : await response.text()) as T
}

/** `fetch` for the typed client: adds what every write carries, and throws refusals and silence. */
export async function hallFetch(request: Request): Promise<Response> {
  const headers = new Headers(request.headers)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    if (!headers.has('idempotency-key')) headers.set('idempotency-key', newKey())
    const token = csrfToken ?? storedToken()
    if (token) headers.set('x-csrf-token', token)
  }
  const response = await fetch(new Request(request, { headers, credentials: 'same-origin' })).catch((cause: unknown) => {
    if (request.signal.aborted) throw cause
    throw new HallUnreachable(cause)
  })
  noteHallTime(response.headers, Date.now())
  if (!response.ok) throw await refusal(response)
  return response
}

async function send<T>(path: string, init: RequestInit, signal?: AbortSignal, timeoutMs = DEFAULT_TIMEOUT_MS, read: Reading<T> = answer): Promise<T> {
  const stop = new AbortController()
  const forward = () => stop.abort(signal?.reason)
  if (signal?.aborted) forward()
  signal?.addEventListener('abort', forward)
  const limit = setTimeout(() => stop.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs)
  try {
    const response = await fetch(path, { credentials: 'same-origin', ...init, signal: stop.signal })
    noteHallTime(response.headers, Date.now())
    if (!response.ok) throw await refusal(response)
    return await read(response)
  } catch (cause) {
    // Also an answer that broke off, or that somebody on the way gave: whether the hall did anything is not known.
    if (cause instanceof HallProblem || signal?.aborted) throw cause
    throw new HallUnreachable(cause)
  } finally {
    clearTimeout(limit)
    signal?.removeEventListener('abort', forward)
  }
}

function writing(method: string, write: Write, headers: Record<string, string>, body: BodyInit | undefined): RequestInit {
  const token = csrfToken ?? storedToken()
  return {
    method,
    body,
    headers: {
      accept: 'application/json',
      'idempotency-key': write.key ?? newKey(),
      ...ofAccount(write.account),
      ...(token ? { 'x-csrf-token': token } : {}),
      ...headers,
    },
  }
}

const ofAccount = (account: string | undefined): Record<string, string> => (account ? { 'x-account': account } : {})

export const hall = {
  /** `account`: whose eyes it is for; refused with `other_account` when somebody else is signed in by now. */
  get: <T>(path: string, signal?: AbortSignal, account?: string, timeoutMs?: number) => send<T>(path, { headers: { accept: 'application/json', ...ofAccount(account) } }, signal, timeoutMs),
  write: <T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, write: Write = {}) => {
    const json = write.body === undefined ? undefined : JSON.stringify(write.body)
    const headers: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' }
    return send<T>(path, writing(method, write, headers, json), write.signal, write.timeoutMs)
  },
  post: <T>(path: string, body?: unknown, key?: string) => hall.write<T>('POST', path, { body, ...(key ? { key } : {}) }),
  /** Bytes as they are: the hall looks at what they hold, not at what they are called. */
  bytes: <T>(path: string, body: ArrayBuffer, write: Omit<Write, 'body'>) => send<T>(path, writing('POST', write, { 'content-type': 'application/octet-stream' }, body), write.signal, write.timeoutMs),
  /** A form with a file in it; the browser writes the boundary. */
  form: <T>(path: string, form: FormData, key?: string) => send<T>(path, writing('POST', key ? { key } : {}, {}, form), undefined, 120_000),
  /** A form with a file in it that is answered with a file. */
  formForFile: (path: string, form: FormData) => send<Blob>(path, writing('POST', {}, { accept: '*/*' }, form), undefined, 120_000, (response) => response.blob()),
}
