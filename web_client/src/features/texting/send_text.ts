import { batch } from '@preact/signals'
import { query } from '../../connection/http'
import { derivedId } from '../../connection/identity'
import { post } from '../../connection/line'
import { newKey } from '../../connection/outbox'
import { contacts } from '../../state/records'
import { myId } from '../../state/session'
import { textFeeds, threads } from '../../state/threads'
import { type Unsent, unsentBy } from '../conversation/unsent'

/** Puts a text on its way. It shows at once and is queued once. */
export async function sendText(contact: string, text: string): Promise<void> {
  const key = newKey()
  post('text.send', { contact, text }, key, await derivedId(myId.peek(), key, 'text'))
}

export type UnsentText = Unsent<'text.send'>

/** What this device has texted and has not seen come back. */
export const unsentTo = (contact: string): UnsentText[] =>
  unsentBy('text.send', args => args.contact === contact, textFeeds.get(contact)?.items)

export async function fetchThreadPage(contact: string, before?: number): Promise<void> {
  const page = await query('thread.get', { contact, ...(before !== undefined && { before }) })
  batch(() => {
    if (page.texts.length) threads.put(page.thread)
    contacts.put(page.contact)
    textFeeds.page(contact, page.texts, page.more)
  })
}
