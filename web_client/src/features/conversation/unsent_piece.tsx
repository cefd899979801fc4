import { documents } from '../../state/records'
import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { PendingState } from './pending_state'
import type { Unsent } from './unsent'

/** A message or text of this device that is still on its way, or that was refused. */
export function UnsentPiece({ entry }: Pick<Unsent, 'entry'>) {
  const { text } = entry.args
  const attachment = 'attachment' in entry.args ? entry.args.attachment : null
  return (
    <div class={`piece pending${entry.state === 'failed' ? ' failed' : ''}`}>
      {text && <p class="bubble">{text}</p>}
      {attachment && (
        <p class="bubble with-document">
          <Icon name="clip" small />
          {documents.get(attachment)?.name ?? words.value.thread.document}
        </p>
      )}
      <PendingState entry={entry} />
    </div>
  )
}
