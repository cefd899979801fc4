import { Link } from '../../router'
import { portalsByTime } from '../../state/portals'
import { unreadIn } from '../../state/unread'
import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { ClientHead } from './client_head'
import { placeOf } from './places'

/** For a client with several cases, or with none yet. */
export function PortalChoice() {
  const all = portalsByTime.value
  const { client } = words.value
  return (
    <>
      <ClientHead />
      <main class="client-main padded">
        {all.length ? <h1 class="list-title">{client.yourPortals}</h1> : null}
        {!all.length && (
          <div class="empty">
            <Icon name="chat" />
            <h1>{client.noPortal}</h1>
            <p>{client.noPortalLead}</p>
          </div>
        )}
        <ul class="card-rows">
          {all.map(portal => (
            <li key={portal.id}>
              <Link to={placeOf(portal.id, 'home')}>
                <span class="tile">
                  <Icon name="lock" />
                </span>
                <span class="about">
                  <span class="name caption">{portal.name}</span>
                  <span class="quiet">{portal.number}</span>
                </span>
                {unreadIn(portal.id) > 0 ? (
                  <span class="badge num">{unreadIn(portal.id)}</span>
                ) : (
                  <Icon name="right" small />
                )}
              </Link>
            </li>
          ))}
        </ul>
      </main>
    </>
  )
}
