import { useSignal } from '@preact/signals'
import type { Message } from '../../protocol'
import { firstName, personOf } from '../../state/people'
import { authorOf, type FeedItem, isFact, isShare, portals } from '../../state/portals'
import { myId } from '../../state/session'
import { typists } from '../../state/signals'
import { words } from '../../words'
import { say } from '../../words/firm'
import { Conversation } from '../conversation/conversation'
import { Typing } from '../conversation/typing'
import type { OpenFeed } from '../conversation/use_feed'
import { DeleteMessage } from './delete_message'
import { FactLine } from './fact_line'
import { MessageGroup } from './message_group'
import { PortalComposer } from './portal_composer'
import { readingOf } from './portal_reading'
import { unsentIn } from './send_message'
import { showEvents } from './show_events'
import { WhoRead } from './who_read'

/** The conversation of a portal as the firm sees it, with the composer below. */
export function PortalThread({ portal, open }: { portal: string; open: OpenFeed<FeedItem> }) {
  const deleting = useSignal<Message | null>(null)
  const asking = useSignal<Message | null>(null)
  const items = inOrder([...(open.feed?.items.values() ?? [])])
  return (
    <>
      <Conversation
        scope={portal}
        label={say.portal.messages}
        open={open}
        items={items.filter(item => showEvents.value || !isFact(item))}
        unsent={unsentIn(portal)}
        authorOf={item => (isFact(item) ? item.actor : authorOf(item))}
        spoken={item => (isFact(item) ? '' : spoken(item, portal))}
        {...readingOf(portal)}
        empty={<p class="event">{say.inbox.nothing}</p>}
        group={row => (
          <MessageGroup
            key={row.key}
            portal={portal}
            row={row}
            onDelete={message => (deleting.value = message)}
            onAsk={message => (asking.value = message)}
          />
        )}
        isEvent={isFact}
        event={item => isFact(item) && <FactLine key={item.id} fact={item} />}
      >
        <Typist portal={portal} />
      </Conversation>
      {portals.get(portal) && <PortalComposer key={portal} portal={portal} />}
      {deleting.value && <DeleteMessage message={deleting.value} onClose={() => (deleting.value = null)} />}
      {asking.value && <WhoRead message={asking.value} onClose={() => (asking.value = null)} />}
    </>
  )
}

function Typist({ portal }: { portal: string }) {
  const typing = typists.value.find(each => each.scope === portal && each.actor !== myId.value)
  const person = typing && personOf(typing.actor ?? '', portal)
  return person ? <Typing sentence={say.portal.typing(firstName(person.name))} /> : null
}

function spoken(item: Exclude<FeedItem, { fact: number }>, portal: string): string {
  const author = personOf(authorOf(item), portal)?.name ?? ''
  return words.value.thread.arrived(author, isShare(item) ? item.name : (item.text ?? ''))
}

/** Items by their number; the facts that stand after an item follow it in their own order. */
export function inOrder(items: FeedItem[]): FeedItem[] {
  const place = (item: FeedItem) => (isFact(item) ? item.fact : 0)
  return items.sort((a, b) => a.number - b.number || place(a) - place(b))
}
