import { useEffect, useRef, useState } from 'preact/hooks'

const ASK_AFTER_MS = 150

/** What the server finds for a text that is being typed; null until there is an answer. Late ones are dropped. */
export function useFound<T>(text: string, ask: (text: string) => Promise<T>, again?: unknown): T | null {
  const [found, setFound] = useState<T | null>(null)
  const asked = useRef(0)
  useEffect(() => {
    const mine = ++asked.current
    const timer = setTimeout(
      () =>
        ask(text).then(
          answer => {
            if (mine === asked.current) setFound(answer)
          },
          () => {
            if (mine === asked.current) setFound(null) // what was found for another text would be chosen in its place
          },
        ),
      text ? ASK_AFTER_MS : 0,
    )
    return () => clearTimeout(timer)
  }, [text, again])
  return found
}
