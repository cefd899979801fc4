/** Somebody is writing just now. */
export function Typing({ sentence }: { sentence: string }) {
  return (
    <p class="typing">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {sentence}
    </p>
  )
}
