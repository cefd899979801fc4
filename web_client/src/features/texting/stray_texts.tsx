import { query } from '../../connection/http'
import type { StrayText } from '../../protocol'
import { generation } from '../../state/session'
import { Icon } from '../../ui/icon'
import { phoneName } from '../../ui/phone_name'
import { fullTime, iso, timeWithDay } from '../../ui/times'
import { say } from '../../words/firm'
import { Trouble } from '../conversation/trouble'
import { RecordHead } from '../shell/record_head'
import { useAsked } from '../shell/use_asked'

/** Texts from numbers that the firm never wrote to: they belong to no thread, and only admins see them (T2). */
export function StrayTexts() {
  const { found, problem, again } = useAsked(() => query('quarantine.list', {}), [generation.value])
  return (
    <main class="pane texting" aria-labelledby="pane-title" aria-busy={!found && !problem}>
      <RecordHead name={say.stray.title} under={say.stray.lead} back="/texts" />
      {found ? <Listed texts={found.texts} /> : problem && <Trouble problem={problem} again={again} />}
    </main>
  )
}

function Listed({ texts }: { texts: readonly StrayText[] }) {
  return (
    <section class="record scrolls" tabIndex={0} aria-label={say.stray.title}>
      <p class="who-sees">
        <Icon name="eye_off" small />
        <span>
          <b>{say.stray.advice}</b> {say.stray.adviceLead}
        </span>
      </p>
      {!texts.length && (
        <div class="empty">
          <Icon name="phone" />
          <h2>{say.stray.none}</h2>
          <p>{say.stray.noneLead}</p>
        </div>
      )}
      <ul class="stray">
        {texts.map(text => (
          <li key={text.id}>
            <p class="line-1">
              <b class="num">{phoneName(text.phone)}</b>
              <time dateTime={iso(text.at)} title={fullTime(text.at)}>
                {timeWithDay(text.at)}
              </time>
            </p>
            <p class="said">{text.text}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
