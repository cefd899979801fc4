import { go } from '../router'

export interface Tab {
  to: string
  name: string
  count?: number | undefined
  /** What the count counts, for a screen reader. */
  counts?: string
}

/** Tabs that are places: each has an address, arrows move between them. */
export function Tabs({
  label,
  tabs,
  chosen,
  panel,
}: {
  label: string
  tabs: Tab[]
  chosen: string
  panel: string
}) {
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const at = tabs.findIndex(tab => tab.to === chosen)
    const next = tabs[(at + step + tabs.length) % tabs.length]
    if (!next) return
    go(next.to)
    const { parentElement } = event.target as HTMLElement
    requestAnimationFrame(() => parentElement?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus())
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map(tab => (
        <button
          key={tab.to}
          type="button"
          role="tab"
          aria-selected={tab.to === chosen}
          aria-controls={panel}
          tabIndex={tab.to === chosen ? 0 : -1}
          onClick={() => go(tab.to)}
        >
          {tab.name}
          {Boolean(tab.count) && (
            <span class="count num">
              {tab.count}
              {tab.counts && <span class="sr-only"> {tab.counts}</span>}
            </span>
          )}
        </button>
      ))}
    </div>
  )
}
