import { signal } from '@preact/signals'
import { Icon } from './icon'

interface Toast {
  id: number
  words: string
  bad: boolean
  act?: { label: string; run(): void }
}

const SHOWN_MS = 6_000
const shown = signal<readonly Toast[]>([])
let last = 0

export function toast(words: string, { bad = false, act }: { bad?: boolean; act?: Toast['act'] } = {}): void {
  const id = ++last
  shown.value = [...shown.value.slice(-2), act ? { id, words, bad, act } : { id, words, bad }]
  setTimeout(() => close(id), SHOWN_MS)
}

/** Tells what went wrong in the words that came with it. */
export function toastProblem(problem: unknown): void {
  toast(problem instanceof Error && problem.message ? problem.message : String(problem), { bad: true })
}

function close(id: number): void {
  shown.value = shown.value.filter(each => each.id !== id)
}

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {shown.value.map(({ id, words, bad, act }) => (
        <div key={id} class={`toast${bad ? ' bad' : ''}`}>
          <Icon name={bad ? 'alert' : 'check'} small />
          <span>{words}</span>
          {act && (
            <button
              type="button"
              onClick={() => {
                act.run()
                close(id)
              }}
            >
              {act.label}
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
