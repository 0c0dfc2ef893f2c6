"use client";

import { useCallback, useState, type ReactNode } from "react";
import { fetchConfig } from "../api.ts";
import { Notice } from "../notice.tsx";
import { SessionSelect } from "../session-select.tsx";
import { useResource } from "../use-resource.ts";
import { useSessions } from "../use-sessions.ts";
import { useViewer } from "../viewer.tsx";
import { ConfigForm } from "./config-form.tsx";

/** How a session answers when nobody does. */
export function SettingsScreen(): ReactNode {
  const { isAdmin } = useViewer();
  const sessions = useSessions();
  const [changes, setChanges] = useState(0);
  const sessionId = isAdmin ? sessions.session?.sessionId : undefined;
  const load = useCallback((signal: AbortSignal) => fetchConfig(sessionId ?? "", signal), [sessionId]);
  const config = useResource({ key: sessionId, load, revision: changes });
  return (
    <main className="screen" data-testid="settings-screen">
      {isAdmin ? (
        <>
          <div className="screen-bar">
            <SessionSelect {...sessions} />
          </div>
          <Notice resource={{ data: config.data, error: config.error ?? sessions.list.error }} isEmpty={false} emptyText="" />
          {config.data === undefined || sessionId === undefined ? null : (
            <ConfigForm key={sessionId} sessionId={sessionId} stored={config.data.config} onSaved={() => setChanges((last) => last + 1)} />
          )}
        </>
      ) : (
        <p className="notice">Only admins see and change how sessions answer.</p>
      )}
    </main>
  );
}
