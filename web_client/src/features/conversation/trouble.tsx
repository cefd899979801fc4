import type { Problem } from '../../protocol'
import { Icon } from '../../ui/icon'
import { words } from '../../words'

/** A place that could not be filled, why, and the way on. */
export function Trouble({ problem, again }: { problem: Problem; again(): void }) {
  return (
    <div class="empty" role="alert">
      <Icon name="alert" />
      <p>
        {words.value.thread.trouble} {problem.message}
      </p>
      <button type="button" class="button quiet-button" onClick={again}>
        {words.value.tryAgain}
      </button>
    </div>
  )
}
