import type { Message, Share } from '../../protocol'
import { personOf } from '../../state/people'
import { isShare } from '../../state/portals'
import { documents } from '../../state/records'
import { myId } from '../../state/session'
import { Avatar } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { clock, fullTime, iso } from '../../ui/times'
import { words } from '../../words'
import { PendingState } from '../conversation/pending_state'
import { AttachmentCard } from '../documents/attachment_card'
import type { PendingMessage, Unsent } from '../portals/send_message'

type Shown = Message | Share | Unsent
export const isUnsent = (item: Shown): item is Unsent => 'entry' in item

interface ClientGroupProps {
  portal: string
  author: string
  at: number
  items: Shown[]
  /** The last item of this client that has arrived: it says so. */
  lastMine: string | undefined
}

export function ClientGroup({ portal, author, at, items, lastMine }: ClientGroupProps) {
  const person = personOf(author, portal)
  const mine = author === myId.value
  const name = mine ? words.value.youStart : (person?.name ?? words.value.thread.someone)
  const arrived = items.some(item => !isUnsent(item) && item.id === lastMine)
  return (
    <article class={`group${mine ? ' mine' : ''}`} aria-label={words.value.thread.item(name, clock(at))}>
      {!mine && (
        <p class="by">
          <b>{name}</b>,{' '}
          <time dateTime={iso(at)} title={fullTime(at)}>
            {clock(at)}
          </time>
        </p>
      )}
      {!mine && person && <Avatar name={person.name} id={person.id} side={person.side} small />}
      {items.map(item => {
        if (isUnsent(item)) return <UnsentPiece key={item.id} entry={item.entry} />
        if (isShare(item))
          return (
            <div key={item.id} class="piece" data-number={item.number}>
              <AttachmentCard file={{ ...item, share: item.id, available: !item.stopped }} />
            </div>
          )
        return <Piece key={item.id} message={item} />
      })}
      {arrived && (
        <p class="state">
          <Icon name="check" small class="read" />
          {words.value.thread.sent}, {clock(at)}
        </p>
      )}
    </article>
  )
}

function Piece({ message }: { message: Message }) {
  return (
    <div class="piece" data-number={message.number}>
      {message.deleted && (
        <p class="bubble tombstone">
          <Icon name="trash" small />
          {words.value.thread.deleted}
        </p>
      )}
      {message.text && <p class="bubble">{message.text}</p>}
      {message.attachment && <AttachmentCard file={message.attachment} />}
    </div>
  )
}

function UnsentPiece({ entry }: { entry: PendingMessage }) {
  const document = entry.args.attachment ? documents.get(entry.args.attachment) : undefined
  return (
    <div class={`piece pending${entry.state === 'failed' ? ' failed' : ''}`}>
      {entry.args.text && <p class="bubble">{entry.args.text}</p>}
      {entry.args.attachment && (
        <p class="bubble with-document">
          <Icon name="clip" small />
          {document?.name ?? words.value.thread.document}
        </p>
      )}
      <PendingState entry={entry} />
    </div>
  )
}
