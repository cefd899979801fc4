import type { Text, Thread } from '../../protocol'
import { Link } from '../../router'
import { draftText } from '../../state/drafts'
import { firstName, personOf } from '../../state/people'
import { lastTexts } from '../../state/threads'
import { unreadIn } from '../../state/unread'
import { Avatar } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { phoneName } from '../../ui/phone_name'
import { iso, listTime } from '../../ui/times'
import { words } from '../../words'
import { say } from '../../words/firm'
import { reasonOf } from '../texting/reasons'

export function ThreadRow({ thread, open }: { thread: Thread; open: boolean }) {
  const last = lastTexts.value.get(thread.id)
  const count = unreadIn(thread.id)
  return (
    <li>
      <Link
        to={`/texts/${thread.id}`}
        class={`row${count ? ' fresh' : ''}`}
        aria-current={open ? 'true' : undefined}
      >
        <Avatar name={thread.name} id={thread.id} side="client" />
        <div>
          <div class="line-1">
            <span class="who">{thread.name}</span>
            {last && <time dateTime={iso(last.at)}>{listTime(last.at)}</time>}
          </div>
          <p class="matter phone num">{thread.phone ? phoneName(thread.phone) : say.texts.noPhone}</p>
          <div class="line-3">
            <Preview thread={thread.id} last={last} />
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

function Preview({ thread, last }: { thread: string; last: Text | undefined }) {
  const draft = draftText(thread, 'text')
  if (draft)
    return (
      <p>
        <span class="draft">{say.inbox.draft}</span> {draft}
      </p>
    )
  if (!last) return <p>{say.inbox.nothing}</p>
  if (last.state === 'failed')
    return (
      <>
        <Icon name="alert" small class="trouble" />
        <p class="trouble">{say.inbox.failed(reasonOf(last).name)}</p>
      </>
    )
  const author = last.author ? personOf(last.author) : undefined
  const by = last.inbound
    ? ''
    : author?.me
      ? `${words.value.youStart}: `
      : author
        ? `${firstName(author.name)}: `
        : ''
  return (
    <p>
      {by}
      {last.text}
    </p>
  )
}
