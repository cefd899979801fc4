import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { RequestFailed } from '../../connection/http'
import { phase } from '../../connection/line'
import type { Problem } from '../../protocol'

export interface Asked<T> {
  /** Undefined until the first answer, null where there is no such thing. */
  found: T | null | undefined
  /** Why nothing could be found out; what was found before stays. */
  problem: Problem | null
  again(): void
}

/** Asks the server for one thing, anew whenever one of `when` changes, or the line returns after it failed. Late answers are dropped. */
export function useAsked<T>(ask: () => Promise<T>, when: readonly unknown[]): Asked<T> {
  const found = useSignal<T | null | undefined>(undefined)
  const problem = useSignal<Problem | null>(null)
  const asked = useRef(0)
  const load = () => {
    const mine = ++asked.current
    problem.value = null
    ask().then(
      answer => {
        if (mine === asked.current) found.value = answer
      },
      (error: unknown) => {
        if (!(error instanceof RequestFailed)) throw error
        if (mine !== asked.current) return
        if (error.problem.code === 'not_found') found.value ??= null
        else problem.value = error.problem
      },
    )
  }
  const live = phase.value === 'live'
  useEffect(load, when)
  useEffect(() => {
    if (live && problem.peek()?.temporary) load()
  }, [live])
  return { found: found.value, problem: problem.value, again: load }
}
