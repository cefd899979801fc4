import type { ComponentChildren } from 'preact'
import { contentAddress } from '../../connection/http'
import { Icon } from '../../ui/icon'
import { Menu } from '../../ui/menu'
import { aboutFile } from '../../ui/sizes'
import { words } from '../../words'
import { say } from '../../words/firm'
import { Sheet } from './attachment_card'

interface DocumentLineProps {
  document: string
  file: { name: string; media_type: string; size_bytes: number }
  /** Who brought it, and when. */
  origin: string
  pill: ComponentChildren
  /** What can be done with it. */
  children: ComponentChildren
}

/** One document in a list of the firm's: its name is the download. */
export function DocumentLine({ document, file, origin, pill, children }: DocumentLineProps) {
  return (
    <li class="document">
      <Sheet mediaType={file.media_type} />
      <div class="about">
        <a
          class="name cut"
          href={contentAddress(document)}
          download={file.name}
          aria-label={words.value.resource.open(file.name)}
        >
          {file.name}
        </a>
        <p class="quiet">
          {aboutFile(file)}. {origin}
        </p>
      </div>
      {pill}
      <Menu label={say.resources.actions(file.name)} button={<Icon name="more" />}>
        {children}
      </Menu>
    </li>
  )
}
