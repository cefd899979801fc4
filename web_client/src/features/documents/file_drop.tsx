import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { Icon } from '../../ui/icon'

/** A region onto which files can be dropped; says so while they hover. */
export function FileDrop({
  class: name,
  label,
  onFiles,
  children,
}: {
  class: string
  label: string
  onFiles(files: File[]): void
  children: ComponentChildren
}) {
  const [hovering, setHovering] = useState(false)
  // Entering a child leaves its parent, so only a count tells when the pointer is really gone.
  const depth = useRef(0)
  const hover = (event: DragEvent, step: number) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    depth.current += step
    setHovering(depth.current > 0)
  }
  const drop = (event: DragEvent) => {
    const files = [...(event.dataTransfer?.files ?? [])]
    depth.current = 0
    setHovering(false)
    if (!files.length) return
    event.preventDefault()
    onFiles(files)
  }
  return (
    <div
      class={name}
      onDragEnter={event => hover(event, 1)}
      onDragOver={event => hover(event, 0)}
      onDragLeave={event => hover(event, -1)}
      onDrop={drop}
    >
      {children}
      {hovering && (
        <div class="drop-here">
          <Icon name="clip" />
          {label}
        </div>
      )}
    </div>
  )
}
