import { run } from '../../connection/line'
import type { Text } from '../../protocol'
import { Link } from '../../router'
import { Icon } from '../../ui/icon'
import { Menu } from '../../ui/menu'
import { clock, timeWithDay } from '../../ui/times'
import { toastProblem } from '../../ui/toast'
import { words } from '../../words'
import { say } from '../../words/firm'
import { blamesNumber, mayTryAgain, reasonOf } from './reasons'

/** What became of a text: its state, or why it failed, what to do about it, and the way on. */
export function TextFate({ text, quiet }: { text: Text; quiet: boolean }) {
  if (text.state === 'failed' || text.state === 'unconfirmed') return <Trouble text={text} />
  if (quiet) return null
  return (
    <div class="state">
      {text.retry_of && <span>{say.texts.retryOf}, </span>}
      {text.retry_at ? say.texts.retrying(clock(text.retry_at)) : <Life text={text} />}
    </div>
  )
}

function Trouble({ text }: { text: Text }) {
  const failed = text.state === 'failed'
  const again = () => run('text.retry', { text: text.id }).catch(toastProblem)
  return (
    <div class={`fate${failed ? ' trouble' : ''}`}>
      <Icon name="alert" small />
      <span>
        <b>{say.textStates[text.state]}.</b> {failed ? reasonOf(text).advice : say.unconfirmedLead}
      </span>
      {blamesNumber(text) && (
        <Link to={`/contacts/${text.thread}`} class="act">
          {say.checkNumber}
        </Link>
      )}
      {mayTryAgain(text) && (
        <button type="button" class="act" onClick={() => void again()}>
          {words.value.tryAgain}
        </button>
      )}
    </div>
  )
}

/** The state as a button that opens the whole timeline with its times (rule F2). */
function Life({ text }: { text: Text }) {
  return (
    <Menu
      worded
      label={`${say.textStates[text.state]}. ${say.texts.lifeOf}`}
      buttonClass="life"
      button={say.textStates[text.state]}
    >
      <ol class="timeline">
        {text.timeline.map(step => (
          <li key={`${step.state} ${step.at}`}>
            <b>{say.textStates[step.state]}</b> <time>{timeWithDay(step.at)}</time>
          </li>
        ))}
      </ol>
    </Menu>
  )
}
