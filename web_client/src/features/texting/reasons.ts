import type { Text } from '../../protocol'
import { say } from '../../words/firm'

/** Why a text failed, in a few words, and what to do about it (rule F1). */
export function reasonOf(text: Text): { name: string; advice: string } {
  const [name, advice] = say.reasons[text.reason ?? 'unknown'] ?? say.reasons.unknown ?? ['', '']
  return { name, advice }
}

/** Reasons where the number itself is in question. */
export const blamesNumber = (text: Text): boolean =>
  text.reason === 'unreachable' || text.reason === 'rejected'

/** An opt-out stands until the contact undoes it, whatever we try. */
export const mayTryAgain = (text: Text): boolean =>
  text.state === 'unconfirmed' ||
  (text.state === 'failed' && text.reason !== 'opted_out' && text.reason !== 'content')
