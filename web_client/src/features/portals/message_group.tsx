import type { Message, Share } from '../../protocol'
import { type Person, personOf } from '../../state/people'
import { type FeedItem, isFact, isShare } from '../../state/portals'
import { Icon } from '../../ui/icon'
import { Menu, MenuItem } from '../../ui/menu'
import { toast } from '../../ui/toast'
import { words } from '../../words'
import { say } from '../../words/firm'
import type { GroupRow } from '../conversation/conversation'
import { Group } from '../conversation/group'
import { isUnsent } from '../conversation/unsent'
import { UnsentPiece } from '../conversation/unsent_piece'
import { MessagePiece, SharePiece } from './pieces'
import { Receipts } from './receipts'
import type { UnsentMessage } from './send_message'

type Shown = FeedItem | UnsentMessage

interface MessageGroupProps {
  portal: string
  row: GroupRow<Shown>
  onDelete(message: Message): void
  onAsk(message: Message): void
}

/** A group as the firm sees it: what each message allows, and who has read what the firm said. */
export function MessageGroup({ portal, row, onDelete, onAsk }: MessageGroupProps) {
  const { author, items } = row
  const person = personOf(author, portal)
  const name = person?.name ?? words.value.thread.someone
  const mine = person?.side === 'firm'
  return (
    <Group
      id={author}
      name={name}
      side={person?.side ?? 'client'}
      about={about(person)}
      at={row.at}
      mine={mine}
    >
      {items.map(item => {
        if (isUnsent(item)) return <UnsentPiece key={item.id} entry={item.entry} />
        if (isFact(item)) return null
        if (isShare(item)) return <SharePiece key={item.id} share={item} />
        return (
          <MessagePiece key={item.id} message={item}>
            <Actions message={item} author={name} onDelete={onDelete} onAsk={onAsk} />
          </MessagePiece>
        )
      })}
      {mine && <GroupReceipts portal={portal} items={items} onAsk={onAsk} />}
    </Group>
  )
}

function about(person: Person | undefined): string {
  const part = person?.side === 'client' ? say.portal.client : person?.title
  return part ? ` ${part}, ` : ' '
}

function Actions({
  message,
  author,
  onDelete,
  onAsk,
}: { message: Message; author: string } & Pick<MessageGroupProps, 'onDelete' | 'onAsk'>) {
  const copy = () =>
    void navigator.clipboard.writeText(message.text ?? '').then(() => toast(words.value.copied))
  return (
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
  )
}

/** Nothing is told of a group of which everything was deleted. */
function GroupReceipts({
  portal,
  items,
  onAsk,
}: { portal: string; items: readonly Shown[] } & Pick<MessageGroupProps, 'onAsk'>) {
  const arrived = items.filter((item): item is Message | Share => !isUnsent(item) && !isFact(item))
  const standing = items.some(item => isUnsent(item) || isFact(item) || isShare(item) || !item.deleted)
  const last = arrived.at(-1)
  const message = arrived.findLast((item): item is Message => !isShare(item))
  if (!last || !standing) return null
  return <Receipts portal={portal} number={last.number} onAsk={() => message && onAsk(message)} />
}
