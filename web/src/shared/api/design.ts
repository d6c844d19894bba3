/** The designer of schemes, as the hall tells it. */
import { api, everyPage, type Schemas } from './client'
import { hall } from './http'

export type DesignChecked = Schemas['DesignChecked']
export type SchemeVersion = Schemas['SchemeVersion']
export type SchemeVersionShown = Schemas['SchemeVersionShown']
export type SchemeChange = Schemas['SchemeChange']
export type SchemeFromWorkbook = Schemas['SchemeFromWorkbook']
export type SchemeReplaced = Schemas['SchemeReplaced']

const at = (contest: string, rest = '') => `/api/contests/${encodeURIComponent(contest)}/scheme${rest}`

export const checkDesign = async (contest: string, scheme: string, ruleSet: string | null, signal?: AbortSignal) =>
  (await api.POST('/api/contests/{contest}/scheme/check', { params: { path: { contest } }, body: { scheme, rule_set: ruleSet }, ...(signal ? { signal } : {}) })).data ?? null
export const schemeVersions = (contest: string) =>
  everyPage<SchemeVersion>((cursor) => api.GET('/api/contests/{contest}/scheme/versions', { params: { path: { contest }, query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))
export const schemeVersion = (contest: string, version: number, signal?: AbortSignal) => hall.get<SchemeVersionShown>(at(contest, `/versions/${version}`), signal)
export const replaceScheme = (contest: string, body: Schemas['ReplaceScheme'], key: string) => hall.post<SchemeReplaced>(at(contest), body, key)
export const restoreScheme = (contest: string, version: number, note: string, replaces: number, key: string) => hall.post<SchemeReplaced>(at(contest, `/versions/${version}/restore`), { note, replaces }, key)
export const compareSchemes = async (before: string, after: string, signal?: AbortSignal): Promise<SchemeChange[]> =>
  (await api.POST('/api/schemes/compare', { body: { before, after }, ...(signal ? { signal } : {}) })).data?.changes ?? []

export async function workbookOf(scheme: string): Promise<Blob> {
  const { data } = await api.POST('/api/schemes/workbook', { body: { scheme }, parseAs: 'blob' })
  return data as unknown as Blob
}
export function schemeFromWorkbook(file: File): Promise<SchemeFromWorkbook> {
  const form = new FormData()
  form.append('file', file)
  return hall.form<SchemeFromWorkbook>('/api/schemes/from-workbook', form)
}
