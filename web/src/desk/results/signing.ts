/** Who signs a result, and how far that has come. Pure. */

import type { FieldFault } from '@shared/api/http'
import type { Signature, SigningRole } from '@shared/api/results'

export type SignatureState = 'signed' | 'stale' | 'missing'
export const stateOf = (signature: Signature): SignatureState => (signature.is_stale ? 'stale' : signature.signed_at === null ? 'missing' : 'signed')

export type SigningState = 'nobody' | 'none' | 'some' | 'void' | 'all'
/** `void`: somebody signed what is not the result any more. */
export function signingState(signatures: readonly Signature[]): SigningState {
  const states = signatures.map(stateOf)
  if (states.length === 0) return 'nobody'
  if (states.includes('stale')) return 'void'
  if (states.every((state) => state === 'signed')) return 'all'
  return states.includes('signed') ? 'some' : 'none'
}

/** What a person may sign now: what is not signed yet, or not any more, in a role that he holds. */
export const mayStillSign = (signatures: readonly Signature[], holds: (role: SigningRole) => boolean): SigningRole[] =>
  signatures.filter((each) => stateOf(each) !== 'signed' && holds(each.role)).map((each) => each.role)

/** `0123456789abcdef…` → `0123 4567 89ab`: as much as two people compare by eye. */
export const shortDigest = (digest: string) => digest.slice(0, 12).match(/.{1,4}/g)?.join(' ') ?? ''

/** The hall waits for signatures, whatever else it may be told not to wait for. */
const SIGNATURE = /^signatures\[(\w+)\]$/
export const isSignature = ({ path }: FieldFault) => SIGNATURE.test(path)
/** … and for the draw to be undone. */
export const isSeal = ({ path }: FieldFault) => path === 'draw'
export const signaturesMissing = (fields: readonly FieldFault[]): string[] => fields.flatMap(({ path }) => SIGNATURE.exec(path)?.[1] ?? [])
