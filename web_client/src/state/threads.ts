import { computed, signal } from '@preact/signals'
import type { Inbox, Text, Thread } from '../protocol'
import type { Appliers } from './apply'
import { Feeds } from './feeds'
import { Table } from './table'
import { addUnread, markRead } from './unread'

export const threads = new Table<Thread>()
export const textFeeds = new Feeds<Text>()

/** The last text of each thread, by thread. */
export const lastTexts = signal<ReadonlyMap<string, Text>>(new Map())

export const threadsByTime = computed(() => threads.list().sort((a, b) => textTime(b) - textTime(a)))

const textTime = (thread: Thread): number => lastTexts.value.get(thread.id)?.at ?? 0

export function takeThreads(inbox: Inbox): void {
  threads.replace(inbox.threads)
  lastTexts.value = new Map(inbox.texts.map(text => [text.thread, text]))
  textFeeds.clear()
}

export const threadAppliers: Appliers = {
  'text.received': text => {
    putText(text)
    addUnread(text.thread, text.number)
  },
  'text.queued': putText,
  'text.changed': putText,
  'thread.changed': thread => threads.put(thread),
  'thread.read': ({ scope, number }) => markRead(scope, number),
}

function putText(text: Text): void {
  textFeeds.put(text.thread, text)
  const held = lastTexts.peek().get(text.thread)
  if (held && (held.number > text.number || (held.id === text.id && held.version > text.version))) return
  lastTexts.value = new Map(lastTexts.peek()).set(text.thread, text)
}
