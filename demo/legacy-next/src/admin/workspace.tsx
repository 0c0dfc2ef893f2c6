"use client";

import type { Contact } from "@ipnuo/domain/contact";
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { fetchContacts, fetchStatus, markRead } from "./api.ts";
import { ContactList } from "./contact-list.tsx";
import { Conversation } from "./conversation.tsx";
import { isConnectionEvent, isContactEvent, sessionChannel } from "./live/channels.ts";
import { useLive } from "./live/use-live.ts";
import { SOCKET_LABELS } from "./session-labels.ts";
import { SessionList } from "./session-list.tsx";
import { useResource } from "./use-resource.ts";
import { useSessions } from "./use-sessions.ts";

/** Sessions, the contacts of one, the conversation with one of those. */
export function Workspace(): ReactNode {
  const { list, session, selection } = useSessions();
  const { contactId, selectSession, selectContact } = selection;
  const sessionId = session?.sessionId;

  const loadStatus = useCallback((signal: AbortSignal) => fetchStatus(sessionId ?? "", signal), [sessionId]);
  const loadContacts = useCallback((signal: AbortSignal) => fetchContacts(sessionId ?? "", signal), [sessionId]);
  const [changes, setChanges] = useState(0);
  const reload = useCallback(() => setChanges((last) => last + 1), []);
  const channels = sessionId === undefined ? [] : [sessionChannel(sessionId)];
  const connection = useLive(channels, isConnectionEvent);
  const people = useLive(channels, isContactEvent);
  const status = useResource({ key: sessionId, load: loadStatus, ...connection });
  const contacts = useResource({ key: sessionId, load: loadContacts, everyMs: people.everyMs, revision: `${changes}.${people.revision}` });
  const rows = contacts.data?.contacts;
  const contact = rows?.find(({ id }) => id === contactId);
  useMarkRead(contact, reload);

  return (
    <main className="workspace" data-testid="workspace">
      <SessionList sessions={list} selectedId={sessionId} onSelect={selectSession} />
      <section className="pane pane-contacts" data-testid="contacts" aria-label="Contacts">
        <header className="pane-bar">
          <h2 className="pane-title">
            Contacts <span className="count">{rows?.length ?? ""}</span>
          </h2>
          <span className="spacer" />
          <span className="pane-sub" data-testid="socket-status">
            {status.data === undefined ? "" : SOCKET_LABELS[status.data.socketStatus]}
          </span>
        </header>
        {session === undefined ? null : (
          <ContactList
            contacts={{ data: rows, error: contacts.error ?? status.error }}
            selectedId={contactId}
            onSelect={(id) => selectContact(session.sessionId, id)}
          />
        )}
      </section>
      {contact === undefined || sessionId === undefined ? (
        <section className="pane pane-conversation pane-blank" data-testid="conversation" aria-label="Conversation">
          <p className="notice">Choose a contact to read the conversation</p>
        </section>
      ) : (
        <Conversation key={contact.id} contact={contact} colleagues={colleaguesOf(rows ?? [])} sessionId={sessionId} onChange={reload} />
      )}
    </main>
  );
}

/** Whoever opens a conversation has read it. A failure shows by the count that stays; the next poll tries again. */
function useMarkRead(contact: Contact | undefined, onDone: () => void): void {
  const id = contact?.id;
  const unread = contact?.unreadCount ?? 0;
  useEffect(() => {
    if (id === undefined || unread === 0) return;
    markRead(id).then(onDone, () => undefined);
  }, [id, unread, onDone]);
}

export type Colleague = { readonly id: string; readonly name: string | null };

/** The API lists no users: those who have a contact are the ones we know. */
function colleaguesOf(contacts: readonly Contact[]): readonly Colleague[] {
  const byId = new Map(contacts.flatMap(({ assignee }) => (assignee === null ? [] : [[assignee.id, assignee]])));
  return [...byId.values()].toSorted((a, b) => (a.name ?? a.id).localeCompare(b.name ?? b.id, "en"));
}
