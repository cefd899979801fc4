import type { Contact } from '../../protocol'
import { MAX_TEXT_CHARACTERS } from '../../protocol'
import { go, Link } from '../../router'
import { firstName } from '../../state/people'
import { portalsByTime, presentIn } from '../../state/portals'
import { Icon } from '../../ui/icon'
import { MenuItem } from '../../ui/menu'
import { toastProblem } from '../../ui/toast'
import { say } from '../../words/firm'
import { Composer, Instead } from '../conversation/composer'
import { useComposer } from '../conversation/use_composer'
import { measure } from './segments'
import { sendText } from './send_text'

/** Writes a text. The strip says that it is not private, and the count is the carrier's. */
export function TextComposer({ card }: { card: Contact }) {
  const composing = useComposer(card.id, 'text')
  if (card.opted_out)
    return (
      <Blocked
        sentence={`${firstName(card.name)} ${say.texts.optedOut}`}
        lead={say.texts.optedOutLead}
        contact={card.id}
      />
    )
  if (!card.texting_phone)
    return <Blocked sentence={say.texts.noPhone} lead={say.texts.noPhoneLead} contact={card.id} />
  const text = composing.text.value.trim()
  const size = measure(text)
  const tooLong = size.characters > MAX_TEXT_CHARACTERS
  const send = () => {
    if (!text || tooLong) return
    void sendText(card.id, text).catch(toastProblem)
    composing.sent()
  }
  return (
    <div class="composer-frame">
      <Composer
        composing={composing}
        label={say.texts.message}
        icon="phone"
        strip={
          <>
            <b>{say.texts.strip}</b> {say.texts.notPrivate}
          </>
        }
        instead={<UsePortal contact={card.id} />}
        most={MAX_TEXT_CHARACTERS}
        tooLong={tooLong}
        ready={text !== '' && !tooLong}
        onSend={send}
        tools={size.encoding === 'UCS-2' && <span class="quiet hint">{say.texts.unicode}</span>}
        note={text && <span class="num">{say.texts.count(size.units, size.room, size.segments)}</span>}
      />
    </div>
  )
}

function Blocked({ sentence, lead, contact }: { sentence: string; lead: string; contact: string }) {
  return (
    <div class="composer-frame">
      <div class="composer blocked">
        <Icon name="phone" />
        <p>
          <b>{sentence}</b> {lead}
        </p>
        <Link to={`/contacts/${contact}`} class="button quiet-button">
          {say.texts.editCard}
        </Link>
      </div>
    </div>
  )
}

function UsePortal({ contact }: { contact: string }) {
  const shared = portalsByTime.value.filter(portal =>
    presentIn(portal.id).some(stay => stay.person === contact),
  )
  if (!shared.length) return null
  return (
    <Instead label={say.texts.usePortal}>
      {shared.map(portal => (
        <MenuItem key={portal.id} icon="lock" onChoose={() => go(`/portals/${portal.id}`)}>
          {portal.name}
        </MenuItem>
      ))}
    </Instead>
  )
}
