import type { ComponentChildren } from 'preact'
import { Link } from '../../router'
import { type Channel, draftText } from '../../state/drafts'
import { firstName, type Person } from '../../state/people'
import { unreadIn } from '../../state/unread'
import { Avatar } from '../../ui/avatar'
import { iso, listTime } from '../../ui/times'
import { words } from '../../words'
import { say } from '../../words/firm'

interface ConversationRowProps {
  /** The portal or thread. */
  scope: string
  channel: Channel
  to: string
  open: boolean
  /** Who is on the other side, and the contact whose face is shown. */
  who: string
  face: { id: string; name: string }
  at: number | undefined
  under: ComponentChildren
  /** The last thing said, unless a draft waits or nothing was said yet. */
  preview: ComponentChildren
}

/** One conversation in the list: who, about what, the last thing said, and how much of it is new. */
export function ConversationRow(props: ConversationRowProps) {
  const { scope, face, at } = props
  const count = unreadIn(scope)
  const draft = draftText(scope, props.channel)
  return (
    <li>
      <Link
        to={props.to}
        class={`row${count ? ' fresh' : ''}`}
        aria-current={props.open ? 'true' : undefined}
      >
        <Avatar name={face.name} id={face.id} side="client" />
        <div>
          <div class="line-1">
            <span class="who">{props.who}</span>
            {at !== undefined && <time dateTime={iso(at)}>{listTime(at)}</time>}
          </div>
          {props.under}
          <div class="line-3">
            {draft ? (
              <p>
                <span class="draft">{say.inbox.draft}</span> {draft}
              </p>
            ) : (
              (props.preview ?? <p>{say.inbox.nothing}</p>)
            )}
            {count > 0 && (
              <span class="badge num">
                {count}
                <span class="sr-only"> {words.value.unread}</span>
              </span>
            )}
          </div>
        </div>
      </Link>
    </li>
  )
}

/** Who of the firm said it; a client's words need no name beside the client's own. */
export function saidBy(author: Person | undefined): string {
  if (author?.me) return `${words.value.youStart}: `
  return author?.side === 'firm' ? `${firstName(author.name)}: ` : ''
}
