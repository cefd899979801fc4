import { batch } from '@preact/signals'
import { query } from '../../connection/http'
import { derivedId } from '../../connection/identity'
import { pending, post } from '../../connection/line'
import { newKey, type Pending } from '../../connection/outbox'
import { contacts } from '../../state/records'
import { myId } from '../../state/session'
import { textFeeds, threads } from '../../state/threads'

export type PendingText = Pending<'text.send'>

/** A text of this device as it stands in the thread before it has come back. */
export interface UnsentText {
  id: string
  at: number
  entry: PendingText
}

/** Puts a text on its way. It shows at once and is queued once. */
export async function sendText(contact: string, text: string): Promise<void> {
  const key = newKey()
  post('text.send', { contact, text }, key, await derivedId(myId.peek(), key, 'text'))
}

/** What this device has texted and has not seen come back. */
export function pendingTo(contact: string): UnsentText[] {
  const arrived = textFeeds.get(contact)?.items
  return pending.value
    .filter((entry): entry is PendingText => entry.name === 'text.send')
    .filter(entry => entry.args.contact === contact && !arrived?.has(entry.makes ?? ''))
    .map(entry => ({ id: entry.key, at: entry.at, entry }))
}

export async function fetchThreadPage(contact: string, before?: number): Promise<void> {
  const page = await query('thread.get', { contact, ...(before !== undefined && { before }) })
  batch(() => {
    if (page.texts.length) threads.put(page.thread)
    contacts.put(page.contact)
    textFeeds.page(contact, page.texts, page.more)
  })
}
