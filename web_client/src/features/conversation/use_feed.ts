import { useEffect, useState } from 'preact/hooks'
import { RequestFailed } from '../../connection/http'
import { phase } from '../../connection/line'
import type { Problem } from '../../protocol'
import type { Feed, Feeds } from '../../state/feeds'
import { generation } from '../../state/session'

interface Item {
  id: string
  version: number
  number: number
}

export interface OpenFeed<T extends Item> {
  feed: Feed<T> | undefined
  problem: Problem | null
  loadingOlder: boolean
  older(): void
  again(): void
}

/**
 * Keeps the feed of one portal or thread loaded: fetched when opened, and anew when a snapshot or a new
 * membership has dropped it. `fetchPage` asks for a page and takes it into the state.
 */
export function useFeed<T extends Item>(
  feeds: Feeds<T>,
  scope: string,
  fetchPage: (before?: number) => Promise<void>,
): OpenFeed<T> {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [loadingOlder, setLoadingOlder] = useState(false)
  const feed = feeds.get(scope)
  const load = () => {
    setProblem(null)
    feeds.begin(scope)
    fetchPage().catch(error => setProblem(problemOf(error)))
  }
  useEffect(() => {
    if (!feeds.open.peek().has(scope) && generation.peek() > 0) load()
  }, [scope, feed === undefined, generation.value])
  const live = phase.value === 'live'
  useEffect(() => {
    if (live && problem?.temporary && !feed?.loaded) load()
  }, [live])
  const older = () => {
    const first = firstNumber(feed)
    if (loadingOlder || first === undefined) return
    setLoadingOlder(true)
    fetchPage(first)
      .catch(error => setProblem(problemOf(error)))
      .finally(() => setLoadingOlder(false))
  }
  return { feed, problem, loadingOlder, older, again: feed?.loaded ? older : load }
}

function firstNumber(feed: Feed<Item> | undefined): number | undefined {
  const numbers = [...(feed?.items.values() ?? [])].filter(item => !('fact' in item)).map(item => item.number)
  return numbers.length ? Math.min(...numbers) : undefined
}

function problemOf(error: unknown): Problem {
  if (error instanceof RequestFailed) return error.problem
  throw error
}
