import { derivedId } from '../../connection/identity'
import { pending, post } from '../../connection/line'
import { newKey, type Pending } from '../../connection/outbox'
import type { Document } from '../../protocol'
import { portalFeeds } from '../../state/portals'
import { documents } from '../../state/records'
import { myId } from '../../state/session'

/** Puts a message on its way. It shows at once and is sent when it can be, once. */
export async function sendMessage(portal: string, text: string, document: Document | null): Promise<void> {
  if (document) documents.put(document)
  const key = newKey()
  const makes = await derivedId(myId.peek(), key, 'message')
  post('message.send', { portal, text, attachment: document?.id ?? null }, key, makes)
}

export type PendingMessage = Pending<'message.send'>

/** A message of this device as it stands in the conversation before it has come back. */
export interface Unsent {
  id: string
  at: number
  entry: PendingMessage
}

/** What this device has sent to a portal and has not seen come back. */
export function pendingIn(portal: string): Unsent[] {
  const arrived = portalFeeds.get(portal)?.items
  return pending.value
    .filter((entry): entry is PendingMessage => entry.name === 'message.send')
    .filter(entry => entry.args.portal === portal && !arrived?.has(entry.makes ?? ''))
    .map(entry => ({ id: entry.key, at: entry.at, entry }))
}
