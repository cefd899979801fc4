import { useSignal } from '@preact/signals'

export interface Attempt {
  busy: boolean
  /** Why the last attempt was refused, in a sentence; empty where it was not. */
  problem: string
  attempt(act: () => Promise<void>): void
}

/** Something that may be refused: one attempt at a time. A success leaves it busy, since it leads elsewhere. */
export function useAttempt(): Attempt {
  const busy = useSignal(false)
  const problem = useSignal('')
  const attempt = (act: () => Promise<void>) => {
    if (busy.peek()) return
    busy.value = true
    problem.value = ''
    act().catch((error: unknown) => {
      problem.value = error instanceof Error ? error.message : String(error)
      busy.value = false
    })
  }
  return { busy: busy.value, problem: problem.value, attempt }
}
