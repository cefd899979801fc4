import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Composing } from './use_composer'

interface WritingBoxProps {
  composing: Composing
  label: string
  placeholder?: string
  onSend(): void
  onFiles?(files: File[]): void
}

/** A text area that grows with its text. Ctrl or ⌘ with Enter sends; Enter alone begins a line. */
export function WritingBox({ composing, label, placeholder, onSend, onFiles }: WritingBoxProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const text = composing.text.value
  useLayoutEffect(() => {
    const node = area.current
    if (!node) return
    node.style.height = 'auto'
    node.style.height = `${node.scrollHeight}px`
  }, [text])
  return (
    <textarea
      ref={area}
      class="writing"
      data-composer
      rows={1}
      aria-label={label}
      placeholder={placeholder}
      value={text}
      onInput={event => composing.type(event.currentTarget.value)}
      onKeyDown={event => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        onSend()
      }}
      onPaste={event => {
        const files = [...(event.clipboardData?.files ?? [])]
        if (!files.length || !onFiles) return
        event.preventDefault()
        onFiles(files)
      }}
    />
  )
}
