import type { Problem } from '../../protocol'
import { Icon } from '../../ui/icon'
import { words } from '../../words'

interface TroubleProps {
  problem: Problem
  again(): void
  /** Whether something is there already, and only more could not be loaded. */
  slight?: boolean
}

/** What could not be loaded, why, and the way on. */
export function Trouble({ problem, again, slight }: TroubleProps) {
  return (
    <div class={slight ? 'event trouble' : 'empty'} role="alert">
      <Icon name="alert" small={slight === true} />
      <p>
        {words.value.thread.trouble} {problem.message}
      </p>
      {problem.temporary && (
        <button type="button" class={slight ? 'text-button' : 'button quiet-button'} onClick={again}>
          {words.value.tryAgain}
        </button>
      )}
    </div>
  )
}
