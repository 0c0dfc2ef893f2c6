"use client";

import { useCallback, type ReactNode } from "react";
import { fetchContacts, fetchSessions, fetchStatus } from "./api-client.ts";
import { ContactList } from "./contact-list.tsx";
import { Conversation } from "./conversation.tsx";
import { SessionList } from "./session-list.tsx";
import { PairingCodes, SocketState } from "./session-status.tsx";
import { useResource } from "./use-resource.ts";
import { useSelection } from "./use-selection.ts";

/** As the page has always done it: state comes by asking, events came later. */
const POLL_MS = 5_000;

/** Sessions, the contacts of one, the conversation with one of those. */
export function Workspace(): ReactNode {
  const { sessionId: askedFor, contactId, selectSession, selectContact } = useSelection();
  const list = useResource({ key: "sessions", load: fetchSessions, everyMs: POLL_MS });
  const sessions = list.data?.sessions;
  const session = askedFor === null ? sessions?.[0] : sessions?.find((each) => each.sessionId === askedFor);
  const sessionId = session?.sessionId;

  const loadStatus = useCallback((signal: AbortSignal) => fetchStatus(sessionId ?? "", signal), [sessionId]);
  const loadContacts = useCallback((signal: AbortSignal) => fetchContacts(sessionId ?? "", signal), [sessionId]);
  // The polled counts tell when contacts and messages are worth loading again.
  const revision = session === undefined ? undefined : `${session.stats.contacts}/${session.stats.messages}`;
  const status = useResource({ key: sessionId, load: loadStatus, everyMs: POLL_MS });
  const contacts = useResource({ key: sessionId, load: loadContacts, revision });
  const rows = contacts.data?.contacts;
  const contact = rows?.find(({ id }) => id === contactId);

  return (
    <main className="workspace" data-testid="workspace">
      <SessionList sessions={{ data: sessions, error: list.error }} selectedId={sessionId} onSelect={selectSession} />
      <section className="pane pane-contacts" data-testid="contacts" aria-label="Contacts">
        <header className="pane-bar">
          <h2 className="pane-title">
            Contacts <span className="count">{rows?.length ?? ""}</span>
          </h2>
          <span className="spacer" />
          <SocketState status={status.data} />
        </header>
        {session === undefined ? null : (
          <>
            <PairingCodes status={status.data} />
            <ContactList
              contacts={{ data: rows, error: contacts.error ?? status.error }}
              selectedId={contactId}
              onSelect={(id) => selectContact(session.sessionId, id)}
            />
          </>
        )}
      </section>
      {contact === undefined ? (
        <section className="pane pane-conversation pane-blank" data-testid="conversation" aria-label="Conversation">
          <p className="notice">Choose a contact to read the conversation</p>
        </section>
      ) : (
        <Conversation key={contact.id} contact={contact} revision={revision} />
      )}
    </main>
  );
}
