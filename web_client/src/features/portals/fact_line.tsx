import type { ComponentChildren } from 'preact'
import type { Fact, FactKind } from '../../protocol'
import { personOf } from '../../state/people'
import { Icon, type IconName } from '../../ui/icon'
import { clock, fullTime, iso } from '../../ui/times'
import { words } from '../../words'
import { say } from '../../words/firm'

const ICONS: Readonly<Record<FactKind, IconName>> = {
  'message.read': 'eye',
  'document.opened': 'eye',
  'participant.added': 'users',
  'participant.removed': 'users',
  'email.changed': 'mail',
  'share.stopped': 'eye_off',
}

/** One event between the messages: who did what, and when. */
export function FactLine({ fact }: { fact: Fact }) {
  return (
    <p class="event">
      <Icon name={ICONS[fact.kind] ?? 'clock'} small />
      <span>
        <Name id={fact.actor} portal={fact.portal} /> {deed(fact)},{' '}
        <time dateTime={iso(fact.at)} title={fullTime(fact.at)}>
          {clock(fact.at)}
        </time>
      </span>
    </p>
  )
}

function Name({ id, portal }: { id: string; portal: string }) {
  return <b>{personOf(id, portal)?.name ?? words.value.thread.someone}</b>
}

function deed(fact: Fact): ComponentChildren {
  const whom = fact.person && <Name id={fact.person} portal={fact.portal} />
  const what = <b>{fact.document_name ?? say.facts.aDocument}</b>
  switch (fact.kind) {
    case 'message.read':
      return (fact.upto ?? 0) >= fact.number ? say.facts.read : say.facts.readEarlier
    case 'document.opened':
      return (
        <>
          {say.facts.opened} {what}
        </>
      )
    case 'participant.added':
      return fact.person === fact.actor ? (
        say.facts.joined
      ) : (
        <>
          {say.facts.added} {whom} {say.facts.toPortal}
        </>
      )
    case 'participant.removed':
      return (
        <>
          {say.facts.removed} {whom} {say.facts.fromPortal}
        </>
      )
    case 'email.changed':
      return (
        <>
          {say.facts.emailChanged} {whom}
        </>
      )
    case 'share.stopped':
      return (
        <>
          {say.facts.stopped} {what}
        </>
      )
  }
}
