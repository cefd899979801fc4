import { post } from '../../connection/line'
import type { Contact, Text } from '../../protocol'
import { firstName, personOf } from '../../state/people'
import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { say } from '../../words/firm'
import { Conversation, type GroupRow } from '../conversation/conversation'
import { Group } from '../conversation/group'
import { isUnsent } from '../conversation/unsent'
import { UnsentPiece } from '../conversation/unsent_piece'
import type { OpenFeed } from '../conversation/use_feed'
import { type UnsentText, unsentTo } from './send_text'
import { TextComposer } from './text_composer'
import { TextFate } from './text_fate'

/** A text is read as soon as it was on a screen that somebody looks at (rule U1). */
const READ_AFTER_MS = 300

type Shown = Text | UnsentText

interface TextThreadProps {
  contact: string
  name: string
  card: Contact | undefined
  open: OpenFeed<Text>
}

export function TextThread({ contact, name, card, open }: TextThreadProps) {
  return (
    <div class="panel">
      <Conversation
        scope={contact}
        label={say.texts.label(name)}
        open={open}
        items={[...(open.feed?.items.values() ?? [])].sort((a, b) => a.number - b.number)}
        unsent={unsentTo(contact)}
        authorOf={text => (text.inbound ? contact : (text.author ?? ''))}
        spoken={text => words.value.thread.arrived(name, text.text)}
        dwell_ms={READ_AFTER_MS}
        onRead={number => post('thread.read', { contact, number })}
        empty={
          <div class="empty">
            <Icon name="phone" />
            <h2>{say.texts.empty}</h2>
            <p>{say.texts.emptyLead(firstName(name))}</p>
          </div>
        }
        group={row => <TextGroup key={row.key} row={row} contact={contact} name={name} />}
      />
      {card && <TextComposer key={contact} card={card} />}
    </div>
  )
}

function TextGroup({ row, contact, name }: { row: GroupRow<Shown>; contact: string; name: string }) {
  const inbound = row.author === contact
  const author = inbound ? { name, title: '' } : personOf(row.author)
  return (
    <Group
      id={row.author}
      name={author?.name ?? words.value.thread.someone}
      side={inbound ? 'client' : 'firm'}
      about={author?.title ? ` ${author.title}, ` : ' '}
      at={row.at}
      mine={!inbound}
    >
      {row.items.map((item, index) =>
        isUnsent(item) ? (
          <UnsentPiece key={item.id} entry={item.entry} />
        ) : (
          <TextPiece key={item.id} text={item} quiet={followsSame(row.items, index)} />
        ),
      )}
    </Group>
  )
}

function TextPiece({ text, quiet }: { text: Text; quiet: boolean }) {
  return (
    <div class={`piece${text.state === 'failed' ? ' failed' : ''}`} data-number={text.number}>
      <p class="bubble">{text.text}</p>
      {text.flagged && (
        <p class="state trouble">
          <Icon name="alert" small />
          {say.texts.flagged}
        </p>
      )}
      {!text.inbound && <TextFate text={text} quiet={quiet} />}
    </div>
  )
}

/** A delivered text before another delivered one needs no line of its own. */
function followsSame(items: readonly Shown[], index: number): boolean {
  const item = items[index]
  const next = items[index + 1]
  return Boolean(
    item &&
      next &&
      !isUnsent(item) &&
      !isUnsent(next) &&
      item.state === 'delivered' &&
      next.state === 'delivered',
  )
}
