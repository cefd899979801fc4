import { derivedId } from '../../connection/identity'
import { post } from '../../connection/line'
import { newKey } from '../../connection/outbox'
import type { Document } from '../../protocol'
import { portalFeeds } from '../../state/portals'
import { documents } from '../../state/records'
import { myId } from '../../state/session'
import { type Unsent, unsentBy } from '../conversation/unsent'

/** Puts a message on its way. It shows at once and is sent when it can be, once. */
export async function sendMessage(portal: string, text: string, document: Document | null): Promise<void> {
  if (document) documents.put(document)
  const key = newKey()
  const makes = await derivedId(myId.peek(), key, 'message')
  post('message.send', { portal, text, attachment: document?.id ?? null }, key, makes)
}

export type UnsentMessage = Unsent<'message.send'>

/** What this device has sent to a portal and has not seen come back. */
export const unsentIn = (portal: string): UnsentMessage[] =>
  unsentBy('message.send', args => args.portal === portal, portalFeeds.get(portal)?.items)
