import { signal } from '@preact/signals'
import { newer } from './table'

interface Item {
  id: string
  version: number
  number: number
}

/** What is held of one portal or thread: a run of items without holes, from some place up to now. */
export interface Feed<T extends Item> {
  items: ReadonlyMap<string, T>
  /** Whether older items exist beyond the first held. */
  more: boolean
  loaded: boolean
}

const FEEDS_KEPT = 12

/**
 * The feeds that were opened, newest last.
 *
 * A feed takes live items from the moment its first page is asked for, so nothing falls between the page and
 * the events. After a snapshot every feed begins anew: joining old pages to new ones could leave a hole.
 */
export class Feeds<T extends Item> {
  readonly open = signal<ReadonlyMap<string, Feed<T>>>(new Map())

  get(scope: string): Feed<T> | undefined {
    return this.open.value.get(scope)
  }

  begin(scope: string): void {
    const feeds = new Map(this.open.peek())
    feeds.delete(scope)
    feeds.set(scope, { items: new Map(), more: false, loaded: false })
    for (const oldest of [...feeds.keys()].slice(0, -FEEDS_KEPT)) feeds.delete(oldest)
    this.open.value = feeds
  }

  page(scope: string, items: readonly T[], more: boolean): void {
    const feed = this.open.peek().get(scope)
    if (feed) this.set(scope, { items: merge(feed.items, items), more, loaded: true })
  }

  put(scope: string, ...items: T[]): void {
    const feed = this.open.peek().get(scope)
    if (feed) this.set(scope, { ...feed, items: merge(feed.items, items) })
  }

  drop(scope: string): void {
    const feeds = new Map(this.open.peek())
    if (feeds.delete(scope)) this.open.value = feeds
  }

  clear(): void {
    this.open.value = new Map()
  }

  private set(scope: string, feed: Feed<T>): void {
    this.open.value = new Map(this.open.peek()).set(scope, feed)
  }
}

function merge<T extends Item>(held: ReadonlyMap<string, T>, given: readonly T[]): ReadonlyMap<string, T> {
  const items = new Map(held)
  for (const item of given) {
    const known = items.get(item.id)
    items.set(item.id, known ? newer(known, item) : item)
  }
  return items
}
