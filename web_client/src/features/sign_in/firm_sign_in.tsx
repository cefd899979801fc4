import { useSignal } from '@preact/signals'
import { RequestFailed, request } from '../../connection/http'
import { Complaint, Field } from '../../ui/field'
import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { say } from '../../words/firm'

/** The firm's door: address and password. Signing in loads the page anew, so nothing of another person stays. */
export function FirmSignIn({ ended }: { ended: boolean }) {
  const email = useSignal('')
  const password = useSignal('')
  const shown = useSignal(false)
  const busy = useSignal(false)
  const problem = useSignal(ended ? words.value.connection.signedOut : '')
  const signIn = async () => {
    if (!email.value.trim() || !password.value) {
      problem.value = say.signIn.missing
      return
    }
    busy.value = true
    problem.value = ''
    try {
      await request('POST', '/api/sign-in/password', { email: email.value.trim(), password: password.value })
      location.reload()
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      problem.value = error.problem.message
      busy.value = false
    }
  }
  return (
    <main class="door">
      <form
        class="door-card"
        noValidate
        onSubmit={event => {
          event.preventDefault()
          void signIn()
        }}
      >
        <span class="door-mark" aria-hidden="true">
          C
        </span>
        <h1>{say.signIn.title}</h1>
        <p class="lead">{say.signIn.lead}</p>
        {problem.value && <Complaint>{problem.value}</Complaint>}
        <Field label={say.signIn.email} id="email">
          <input
            id="email"
            class="input"
            type="email"
            autocomplete="username"
            required
            value={email.value}
            onInput={event => (email.value = event.currentTarget.value)}
          />
        </Field>
        <Field label={say.signIn.password} id="password">
          <div class="secret">
            <input
              id="password"
              class="input"
              {...({ type: shown.value ? 'text' : 'password' } as { type: 'password' })}
              autocomplete="current-password"
              required
              value={password.value}
              onInput={event => (password.value = event.currentTarget.value)}
            />
            <button
              type="button"
              class="icon-button"
              aria-label={shown.value ? say.signIn.hide : say.signIn.show}
              onClick={() => (shown.value = !shown.value)}
            >
              <Icon name={shown.value ? 'eye_off' : 'eye'} />
            </button>
          </div>
        </Field>
        <button type="submit" class="button wide" disabled={busy.value}>
          {say.signIn.submit}
        </button>
      </form>
    </main>
  )
}
