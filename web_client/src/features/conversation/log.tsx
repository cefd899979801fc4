import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { useReading } from './use_reading'

const AT_END_PX = 48
const NEW_RULE_TOP_PX = 64
const stillness = matchMedia('(prefers-reduced-motion: reduce)')

interface LogProps {
  label: string
  /** Ids of the first and last item shown, so that growth at either end is told apart. */
  first: string
  last: string
  /** The highest number held, and how many above a number are others' and new. */
  newest: number
  newSince(number: number): number
  /** Rises when this person sends: then the end is shown. */
  sent: number
  more: boolean
  loadingOlder: boolean
  onOlder(): void
  dwell_ms: number
  onRead(number: number): void
  children: ComponentChildren
}

/** The scrolling conversation: opens at what is new, sticks to the end only when at the end. */
export function Log(props: LogProps) {
  const { label, first, last, newest, newSince, sent, more, loadingOlder, onOlder, children } = props
  const box = useRef<HTMLElement | null>(null)
  const inner = useRef<HTMLDivElement>(null)
  const held = useRef({ first: '', height: 0, sent, atEnd: true, seen: 0 })
  const [atEnd, setAtEnd] = useState(true)
  useReading(box, props.dwell_ms, props.onRead)

  useLayoutEffect(() => {
    const node = box.current
    if (!node || !first) return
    const before = held.current
    if (!before.first) openAtNew(node)
    else if (sent > before.sent) toEnd(node)
    else if (first !== before.first) node.scrollTop += node.scrollHeight - before.height
    else if (before.atEnd) toEnd(node)
    held.current = { ...before, first, sent, height: node.scrollHeight }
    noteEnd()
  }, [first, last, sent, newest])

  const noteEnd = () => {
    const node = box.current
    if (!node) return
    const end = node.scrollHeight - node.scrollTop - node.clientHeight < AT_END_PX
    held.current.atEnd = end
    if (end) held.current.seen = newest
    setAtEnd(end)
  }
  useEffect(() => {
    const node = box.current
    if (!node || !inner.current) return
    const keepEnd = new ResizeObserver(() => {
      if (held.current.atEnd) toEnd(node)
      held.current.height = node.scrollHeight
    })
    keepEnd.observe(inner.current)
    keepEnd.observe(node)
    return () => keepEnd.disconnect()
  }, [])
  const jump = () => {
    if (box.current) toEnd(box.current, stillness.matches ? 'auto' : 'smooth')
  }
  const below = atEnd ? 0 : newSince(held.current.seen)
  return (
    <div class="log-frame">
      <section ref={box} class="log scrolls" aria-label={label} tabIndex={0} onScroll={noteEnd}>
        <div ref={inner} class="log-items">
          {more && (
            <button type="button" class="older text-button" disabled={loadingOlder} onClick={onOlder}>
              {loadingOlder ? <span class="spinner" /> : words.value.thread.older}
            </button>
          )}
          {children}
        </div>
      </section>
      {!atEnd && (
        <button
          type="button"
          class={`jump${below ? '' : ' bare'}`}
          onClick={jump}
          aria-label={below ? undefined : words.value.thread.toEnd}
        >
          <Icon name="arrow_down" small />
          {below > 0 && words.value.thread.newMessages(below)}
        </button>
      )}
    </div>
  )
}

function openAtNew(node: HTMLElement): void {
  const rule = node.querySelector<HTMLElement>('[data-new]')
  toEnd(node)
  if (rule) node.scrollTop = Math.min(node.scrollTop, rule.offsetTop - NEW_RULE_TOP_PX)
}

function toEnd(node: HTMLElement, behavior: ScrollBehavior = 'auto'): void {
  node.scrollTo({ top: node.scrollHeight, behavior })
}
