import type { Text, Thread } from '../../protocol'
import { personOf } from '../../state/people'
import { lastTexts } from '../../state/threads'
import { Icon } from '../../ui/icon'
import { phoneName } from '../../ui/phone_name'
import { say } from '../../words/firm'
import { reasonOf } from '../texting/reasons'
import { ConversationRow, saidBy } from './conversation_row'

export function ThreadRow({ thread, open }: { thread: Thread; open: boolean }) {
  const last = lastTexts.value.get(thread.id)
  return (
    <ConversationRow
      scope={thread.id}
      channel="text"
      to={`/texts/${thread.id}`}
      open={open}
      who={thread.name}
      face={thread}
      at={last?.at}
      under={<p class="matter phone num">{thread.phone ? phoneName(thread.phone) : say.texts.noPhone}</p>}
      preview={last && <LastText text={last} />}
    />
  )
}

function LastText({ text }: { text: Text }) {
  if (text.state === 'failed')
    return (
      <>
        <Icon name="alert" small class="trouble" />
        <p class="trouble">{say.inbox.failed(reasonOf(text).name)}</p>
      </>
    )
  return (
    <p>
      {!text.inbound && text.author && saidBy(personOf(text.author))}
      {text.text}
    </p>
  )
}
