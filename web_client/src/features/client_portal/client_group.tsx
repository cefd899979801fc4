import type { Message, Share } from '../../protocol'
import { personOf } from '../../state/people'
import { isShare } from '../../state/portals'
import { myId } from '../../state/session'
import { Icon } from '../../ui/icon'
import { clock } from '../../ui/times'
import { words } from '../../words'
import type { GroupRow } from '../conversation/conversation'
import { Group } from '../conversation/group'
import { isUnsent } from '../conversation/unsent'
import { UnsentPiece } from '../conversation/unsent_piece'
import { MessagePiece, SharePiece } from '../portals/pieces'
import type { UnsentMessage } from '../portals/send_message'

interface ClientGroupProps {
  portal: string
  row: GroupRow<Message | Share | UnsentMessage>
  /** The last item of this client that has arrived: it says so. */
  lastMine: string | undefined
}

export function ClientGroup({ portal, row, lastMine }: ClientGroupProps) {
  const { author, at, items } = row
  const person = personOf(author, portal)
  const mine = author === myId.value
  const last = items.find(item => !isUnsent(item) && item.id === lastMine)
  return (
    <Group
      id={author}
      name={mine ? words.value.youStart : (person?.name ?? words.value.thread.someone)}
      side={person?.side ?? 'firm'}
      about=", "
      at={at}
      mine={mine}
      unsigned={mine}
    >
      {items.map(item => {
        if (isUnsent(item)) return <UnsentPiece key={item.id} entry={item.entry} />
        if (isShare(item)) return <SharePiece key={item.id} share={item} />
        return <MessagePiece key={item.id} message={item} />
      })}
      {last && (
        <p class="state">
          <Icon name="check" small class="read" />
          {words.value.thread.sent}, {clock(last.at)}
        </p>
      )}
    </Group>
  )
}
