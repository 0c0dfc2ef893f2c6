"use client";

import { useState, type ReactNode } from "react";
import { NewSession } from "./new-session.tsx";
import { SessionDetail } from "./session-detail.tsx";
import { SessionList } from "../session-list.tsx";
import { useSessions } from "../use-sessions.ts";
import { useViewer } from "../viewer.tsx";

/** Every session of the tenant, and what can be done with one of them. */
export function SessionsScreen(): ReactNode {
  const { isAdmin } = useViewer();
  const { list, session, selection, reload } = useSessions();
  const [isNew, setIsNew] = useState(false);
  return (
    <main className="screen screen-split" data-testid="sessions-screen">
      <SessionList sessions={list} selectedId={session?.sessionId} onSelect={selection.selectSession}>
        {isAdmin ? (
          <button type="button" className="button button-wide" onClick={() => setIsNew(true)}>
            New session
          </button>
        ) : null}
      </SessionList>
      {session === undefined ? (
        <section className="pane pane-blank" aria-label="Session">
          <p className="notice">Choose a session</p>
        </section>
      ) : (
        <SessionDetail key={session.sessionId} session={session} onChange={reload} />
      )}
      {isNew ? (
        <NewSession
          onClose={() => setIsNew(false)}
          onCreated={(sessionId) => {
            setIsNew(false);
            reload();
            selection.selectSession(sessionId);
          }}
        />
      ) : null}
    </main>
  );
}
