import type { ComponentChildren } from 'preact'
import { MenuItem } from '../../ui/menu'
import { words } from '../../words'
import { pickFiles } from './pick_files'

/** What the button of a composer offers: a file of this device, or a document that is there already (rule P2). */
export function AttachItems({
  there,
  onFiles,
  onChoose,
}: {
  there: ComponentChildren
  onFiles(files: File[]): void
  onChoose(): void
}) {
  return (
    <>
      <MenuItem icon="upload" onChoose={() => pickFiles(false, onFiles)}>
        {words.value.composer.fromDevice}
      </MenuItem>
      <MenuItem icon="folder" onChoose={onChoose}>
        {there}
      </MenuItem>
    </>
  )
}
