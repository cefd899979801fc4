import type { ComponentChildren } from 'preact'
import type { Message, Share } from '../../protocol'
import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { AttachmentCard } from '../documents/attachment_card'

/** A message as everybody sees it: text, a document, both, or that it was deleted. */
export function MessagePiece({ message, children }: { message: Message; children?: ComponentChildren }) {
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
      {!message.deleted && children}
    </div>
  )
}

/** A document that was shared without a message. */
export function SharePiece({ share }: { share: Share }) {
  return (
    <div class="piece" data-number={share.number}>
      <AttachmentCard file={{ ...share, available: !share.stopped }} />
    </div>
  )
}
