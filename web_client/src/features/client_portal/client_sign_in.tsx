import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { RequestFailed, request } from '../../connection/http'
import { path } from '../../router'
import { Complaint, Field } from '../../ui/field'
import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { speakOther } from './languages'
import { firstPlace, slugOf } from './places'

type Step = { kind: 'ask' } | { kind: 'sent'; email: string } | { kind: 'link'; token: string }

/**
 * A client's door. The link from the email leads here with its token behind the `#`, which never reaches a
 * server by itself: opening the page changes nothing, only the button does (rule A5).
 */
export function ClientSignIn({ ended }: { ended: boolean }) {
  const token = location.hash.slice(1)
  const step = useSignal<Step>(token ? { kind: 'link', token } : { kind: 'ask' })
  const firmName = useSignal('')
  const slug = slugOf(path.value)
  useEffect(() => {
    void nameOfFirm().then(name => {
      firmName.value = name
      document.title = name || words.value.signIn
    })
  }, [])
  return (
    <main class="door">
      <div class="door-card">
        <p class="door-firm">
          <span class="firm-mark" aria-hidden="true">
            {(firmName.value || 'C').charAt(0)}
          </span>
          {firmName.value}
          <button type="button" class="text-button" onClick={speakOther}>
            {words.value.client.language}
          </button>
        </p>
        {step.value.kind === 'ask' && (
          <AskLink slug={slug} ended={ended} onSent={email => (step.value = { kind: 'sent', email })} />
        )}
        {step.value.kind === 'sent' && (
          <EnterCode slug={slug} email={step.value.email} onBack={() => (step.value = { kind: 'ask' })} />
        )}
        {step.value.kind === 'link' && (
          <OpenLink slug={slug} token={step.value.token} onFresh={() => (step.value = { kind: 'ask' })} />
        )}
      </div>
    </main>
  )
}

function AskLink({ slug, ended, onSent }: { slug: string; ended: boolean; onSent(email: string): void }) {
  const email = useSignal('')
  const busy = useSignal(false)
  const problem = useSignal(ended ? words.value.connection.signedOut : '')
  const page = words.value.signInPage
  const ask = async () => {
    const address = email.value.trim()
    if (!/^\S+@\S+\.\S+$/.test(address)) {
      problem.value = page.wrongEmail
      return
    }
    busy.value = true
    problem.value = ''
    try {
      await request('POST', '/api/sign-in/link', { firm: slug, email: address })
      onSent(address)
    } catch (error) {
      problem.value = sentence(error)
      busy.value = false
    }
  }
  return (
    <Form onSubmit={() => void ask()}>
      <h1>{page.title}</h1>
      <p class="lead">{page.lead}</p>
      {problem.value && <Complaint>{problem.value}</Complaint>}
      <Field label={page.email} id="email" hint={page.emailHint}>
        <input
          id="email"
          class="input"
          type="email"
          autocomplete="email"
          aria-describedby="email-hint"
          value={email.value}
          onInput={event => (email.value = event.currentTarget.value)}
        />
      </Field>
      <button type="submit" class="button wide" disabled={busy.value}>
        {page.sendLink}
      </button>
    </Form>
  )
}

function EnterCode({ slug, email, onBack }: { slug: string; email: string; onBack(): void }) {
  const redeem = useRedeem(slug)
  const code = useSignal('')
  const page = words.value.signInPage
  return (
    <Form onSubmit={() => void redeem.go({ code: digits(code.value) })}>
      <h1>{page.sent}</h1>
      <p class="lead">{page.sentLead(email)}</p>
      {redeem.problem.value && <Complaint>{redeem.problem.value}</Complaint>}
      <CodeField code={code.value} onCode={text => (code.value = text)} />
      <Remember remember={redeem.remember.value} onChange={on => (redeem.remember.value = on)} />
      <button
        type="submit"
        class="button wide"
        disabled={redeem.busy.value || digits(code.value).length !== 8}
      >
        {page.useCode}
      </button>
      <button type="button" class="text-button alone" onClick={onBack}>
        {page.again}
      </button>
    </Form>
  )
}

function OpenLink({ slug, token, onFresh }: { slug: string; token: string; onFresh(): void }) {
  const redeem = useRedeem(slug)
  const code = useSignal('')
  const page = words.value.signInPage
  const codeNeeded = redeem.codeNeeded.value
  return (
    <Form onSubmit={() => void redeem.go({ token, ...(codeNeeded && { code: digits(code.value) }) })}>
      <h1>{page.redeemTitle}</h1>
      <p class="lead">{codeNeeded ? page.codeNeeded : page.redeemLead}</p>
      {redeem.problem.value && <Complaint>{redeem.problem.value}</Complaint>}
      {codeNeeded && <CodeField code={code.value} onCode={text => (code.value = text)} />}
      <Remember remember={redeem.remember.value} onChange={on => (redeem.remember.value = on)} />
      <button
        type="submit"
        class="button wide"
        disabled={redeem.busy.value || (codeNeeded && digits(code.value).length !== 8)}
      >
        <Icon name="lock" small />
        {page.redeem}
      </button>
      {redeem.problem.value && (
        <button type="button" class="text-button alone" onClick={onFresh}>
          {page.fresh}
        </button>
      )}
    </Form>
  )
}

/** Trades a link, a code, or both for a session, then begins the page anew as that person. */
function useRedeem(slug: string) {
  const remember = useSignal(false)
  const busy = useSignal(false)
  const problem = useSignal('')
  const codeNeeded = useSignal(false)
  const redeem = async (proof: { token?: string; code?: string }) => {
    busy.value = true
    problem.value = ''
    try {
      await request('POST', '/api/sign-in/redeem', { firm: slug, ...proof, remember: remember.value })
      location.replace(firstPlace())
    } catch (error) {
      if (error instanceof RequestFailed && error.problem.code === 'code_needed') codeNeeded.value = true
      else
        problem.value =
          error instanceof RequestFailed && error.problem.code === 'bad_credentials'
            ? refusal(proof)
            : sentence(error)
      busy.value = false
    }
  }
  return { remember, busy, problem, codeNeeded, go: redeem }
}

const refusal = (proof: { code?: string }): string =>
  proof.code ? words.value.signInPage.badCode : words.value.signInPage.expired

function CodeField({ code, onCode }: { code: string; onCode(text: string): void }) {
  return (
    <Field label={words.value.signInPage.code} id="code">
      <input
        id="code"
        class="input code num"
        inputMode="numeric"
        autocomplete="one-time-code"
        value={code}
        onInput={event => onCode(event.currentTarget.value)}
      />
    </Field>
  )
}

function Remember({ remember, onChange }: { remember: boolean; onChange(on: boolean): void }) {
  const page = words.value.signInPage
  return (
    <label class="choice">
      <input type="checkbox" checked={remember} onChange={event => onChange(event.currentTarget.checked)} />
      <span>
        <span class="name">{page.remember}</span>
        <span class="hint">{page.rememberHint}</span>
      </span>
    </label>
  )
}

function Form({ onSubmit, children }: { onSubmit(): void; children: ComponentChildren }) {
  return (
    <form
      class="door-form"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
    </form>
  )
}

const digits = (text: string): string => text.replace(/\D/g, '')

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A refused session still names the firm, so that the door says whose it is. */
async function nameOfFirm(): Promise<string> {
  try {
    const found = (await request('GET', '/api/session')) as { firm: { name: string } }
    return found.firm.name
  } catch (error) {
    return error instanceof RequestFailed ? (error.firmName ?? '') : ''
  }
}
