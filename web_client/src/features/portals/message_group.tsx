import type { Message, Share } from '../../protocol'
import { type Person, personOf } from '../../state/people'
import { type FeedItem, isFact, isShare } from '../../state/portals'
import { documents } from '../../state/records'
import { Avatar } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { Menu, MenuItem } from '../../ui/menu'
import { clock, fullTime, iso } from '../../ui/times'
import { toast } from '../../ui/toast'
import { words } from '../../words'
import { say } from '../../words/firm'
import { PendingState } from '../conversation/pending_state'
import { AttachmentCard } from '../documents/attachment_card'
import { Receipts } from './receipts'
import type { PendingMessage, Unsent } from './send_message'

/** An item of the feed, or a message of this device that has not come back yet. */
export type Shown = FeedItem | Unsent
export const isUnsent = (item: Shown): item is Unsent => 'entry' in item

interface MessageGroupProps {
  portal: string
  author: string
  at: number
  items: Shown[]
  onDelete(message: Message): void
  onAsk(message: Message): void
}

/** What one person wrote within five minutes: the name once, then bubble after bubble. */
export function MessageGroup({ portal, author, at, items, onDelete, onAsk }: MessageGroupProps) {
  const person = personOf(author, portal)
  const name = person?.name ?? words.value.thread.someone
  const mine = person?.side === 'firm'
  const sent = items.filter((item): item is Message => !isUnsent(item) && !isFact(item) && !isShare(item))
  const last = items.findLast(item => !isUnsent(item) && !isFact(item)) as Message | Share | undefined
  const standing = items.some(item => isUnsent(item) || isFact(item) || isShare(item) || !item.deleted)
  return (
    <article class={`group${mine ? ' mine' : ''}`} aria-label={words.value.thread.item(name, clock(at))}>
      <p class="by">
        <b>{name}</b> {title(person)}
        <time dateTime={iso(at)} title={fullTime(at)}>
          {clock(at)}
        </time>
      </p>
      {!mine && person && <Avatar name={person.name} id={person.id} side={person.side} small />}
      {items.map(item => {
        if (isUnsent(item)) return <PendingBubble key={item.id} entry={item.entry} />
        if (isFact(item)) return null
        if (isShare(item)) return <SharedAlone key={item.id} share={item} />
        return <Bubble key={item.id} message={item} author={name} onDelete={onDelete} onAsk={onAsk} />
      })}
      {mine && last && standing && (
        <Receipts
          portal={portal}
          number={last.number}
          onAsk={() => sent.at(-1) && onAsk(sent.at(-1) as Message)}
        />
      )}
    </article>
  )
}

function title(person: Person | undefined): string {
  if (person?.side === 'client') return `${say.portal.client}, `
  return person?.title ? `${person.title}, ` : ''
}

function Bubble({
  message,
  author,
  onDelete,
  onAsk,
}: { message: Message; author: string } & Pick<MessageGroupProps, 'onDelete' | 'onAsk'>) {
  if (message.deleted)
    return (
      <div class="piece" data-number={message.number}>
        <p class="bubble tombstone">
          <Icon name="trash" small />
          {words.value.thread.deleted}
        </p>
      </div>
    )
  const copy = () =>
    void navigator.clipboard.writeText(message.text ?? '').then(() => toast(words.value.copied))
  return (
    <div class="piece" data-number={message.number}>
      {message.text && <p class="bubble">{message.text}</p>}
      {message.attachment && <AttachmentCard file={message.attachment} />}
      <div class="piece-menu">
        <Menu label={say.portal.actions(author)} button={<Icon name="more" small />}>
          {message.text && (
            <MenuItem icon="doc" onChoose={copy}>
              {words.value.copyText}
            </MenuItem>
          )}
          <MenuItem icon="eye" onChoose={() => onAsk(message)}>
            {say.portal.whoRead}
          </MenuItem>
          <MenuItem icon="trash" danger onChoose={() => onDelete(message)}>
            {say.portal.deleteMessage}
          </MenuItem>
        </Menu>
      </div>
    </div>
  )
}

function SharedAlone({ share }: { share: Share }) {
  const file = { ...share, share: share.id, available: !share.stopped }
  return (
    <div class="piece" data-number={share.number}>
      <AttachmentCard file={file} />
    </div>
  )
}

function PendingBubble({ entry }: { entry: PendingMessage }) {
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
