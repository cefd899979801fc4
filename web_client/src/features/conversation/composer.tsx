import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from '../../ui/icon'
import { Menu } from '../../ui/menu'
import { words } from '../../words'
import { TooLong } from './too_long'
import type { Composing } from './use_composer'
import { WritingBox } from './writing_box'

interface ComposerProps {
  composing: Composing
  label: string
  icon: IconName
  /** Where this goes and who sees it, and the way to the other channel. */
  strip: ComponentChildren
  instead: ComponentChildren
  most: number
  tooLong: boolean
  ready: boolean
  onSend(): void
  onFiles?(files: File[]): void
  chip?: ComponentChildren
  tools?: ComponentChildren
  /** What is said beside the button, unless the text is too long. */
  note: ComponentChildren
}

/** Where the firm writes: the channel strip, the text, the tools and the button. */
export function Composer(props: ComposerProps) {
  const { composing, label, icon, strip, instead, most, tooLong, ready, onSend, chip, tools, note } = props
  return (
    <form
      class="composer"
      onSubmit={event => {
        event.preventDefault()
        onSend()
      }}
    >
      <div class="strip">
        <Icon name={icon} small />
        <span>{strip}</span>
        {instead}
      </div>
      <WritingBox
        composing={composing}
        label={label}
        onSend={onSend}
        {...(props.onFiles && { onFiles: props.onFiles })}
      />
      {chip}
      <div class="tools">
        {tools}
        <span class="right">
          {tooLong ? <TooLong most={most} /> : note}
          <button type="submit" class="button send" disabled={!ready}>
            {words.value.composer.send}
            <Icon name="send" small />
          </button>
        </span>
      </div>
    </form>
  )
}

/** The way to the other channel. That is another place: the text stays behind in its own composer. */
export function Instead({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <Menu
      worded
      label={label}
      buttonClass="instead"
      button={
        <>
          {label}
          <Icon name="down" small />
        </>
      }
    >
      {children}
    </Menu>
  )
}
