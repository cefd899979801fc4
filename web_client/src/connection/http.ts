import type { Document, Problem, Queries } from '../protocol'

/** A request that was refused, with the server's own sentence, or `unreachable` when nothing answered. */
export class RequestFailed extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** Whose door it is, where a session was refused. */
    readonly firmName: string | null = null,
  ) {
    super(problem.message)
  }
}

const REQUEST_TIMEOUT_MS = 20_000

/** Who speaks: set once at sign-in. A client's app names its firm, since one browser may hold several sessions. */
const speaker = { csrf: '', firm: null as string | null }

export function speakAs(csrf: string): void {
  speaker.csrf = csrf
}

export function speakTo(firm: string): void {
  speaker.firm = firm
}

export function query<N extends keyof Queries>(
  name: N,
  args: Queries[N]['args'],
): Promise<Queries[N]['result']> {
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null)
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]))
  return request('GET', `/api/${name}${given.length ? `?${search}` : ''}`) as Promise<Queries[N]['result']>
}

export async function request(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const init: RequestInit = {
    method,
    headers: headers(),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    cache: 'no-store',
  }
  if (body) init.body = JSON.stringify(body)
  const response = await fetch(path, init).catch(() => {
    throw new RequestFailed(0, unreachable())
  })
  const answer: unknown = await response.json().catch(() => null)
  if (!response.ok)
    throw new RequestFailed(response.status, problemIn(answer, response.status), firmIn(answer))
  return answer
}

function headers(): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    ...(speaker.csrf && { 'X-Causeway-CSRF': speaker.csrf }),
    ...(speaker.firm && { 'X-Causeway-Firm': speaker.firm }),
  }
}

/** The address of a document's content, for an ordinary link: the browser's own download shows its progress. */
export function contentAddress(document: string): string {
  const firm = speaker.firm ? `?firm=${encodeURIComponent(speaker.firm)}` : ''
  return `/api/documents/${document}/content${firm}`
}

export function socketAddress(): string {
  const firm = speaker.firm ? `?firm=${encodeURIComponent(speaker.firm)}` : ''
  return `${location.origin.replace(/^http/, 'ws')}/ws${firm}`
}

export interface Uploading {
  done: Promise<Document>
  cancel(): void
}

/** Sends a file's bytes as they are. XMLHttpRequest, because fetch does not tell how much has gone. */
export function upload(portal: string, key: string, file: File, progress: (sent: number) => void): Uploading {
  const ask = new XMLHttpRequest()
  ask.open('PUT', `/api/portals/${portal}/documents/${key}?name=${encodeURIComponent(file.name)}`)
  for (const [name, value] of Object.entries(headers()))
    if (name !== 'Content-Type') ask.setRequestHeader(name, value)
  ask.setRequestHeader('Content-Type', 'application/octet-stream')
  ask.responseType = 'json'
  ask.upload.onprogress = event => progress(event.loaded)
  const done = new Promise<Document>((resolve, reject) => {
    ask.onload = () => {
      if (ask.status < 300) resolve(ask.response as Document)
      else reject(new RequestFailed(ask.status, problemIn(ask.response, ask.status)))
    }
    ask.onerror = ask.ontimeout = () => reject(new RequestFailed(0, unreachable()))
    ask.onabort = () => reject(new RequestFailed(0, { code: 'cancelled', message: '' }))
  })
  ask.send(file)
  return { done, cancel: () => ask.abort() }
}

function problemIn(answer: unknown, status: number): Problem {
  const error = (answer as { error?: Problem } | null)?.error
  return (
    error ?? {
      code: 'internal',
      message: `The server answered ${status}. Try again in a moment.`,
      temporary: status >= 500,
    }
  )
}

const firmIn = (answer: unknown): string | null =>
  (answer as { firm?: { name: string } } | null)?.firm?.name ?? null

const unreachable = (): Problem => ({
  code: 'unreachable',
  message: 'The server could not be reached. Check your connection.',
  temporary: true,
})
