"use client";

import type { Session } from "@ipnuo/domain/session";
import { useCallback, type ReactNode } from "react";
import { fetchHealth, fetchStatus } from "../api.ts";
import { formatMoment } from "../format.ts";
import { isConnectionEvent, sessionChannel } from "../live/channels.ts";
import { useLive } from "../live/use-live.ts";
import { useLiveCode } from "../live/use-live-code.ts";
import { Problem } from "../problem.tsx";
import { ROUTING_LABELS, SOCKET_LABELS } from "../session-labels.ts";
import { SessionState } from "../session-list.tsx";
import { useResource } from "../use-resource.ts";
import { useViewer } from "../viewer.tsx";
import { Pairing } from "./pairing.tsx";
import { SessionActions } from "./session-actions.tsx";

type Props = { readonly session: Session; readonly onChange: () => void };

export function SessionDetail({ session, onChange }: Props): ReactNode {
  const { sessionId, name, status } = session;
  const { isAdmin } = useViewer();
  const loadStatus = useCallback((signal: AbortSignal) => fetchStatus(sessionId, signal), [sessionId]);
  const loadHealth = useCallback((signal: AbortSignal) => fetchHealth(sessionId, signal), [sessionId]);
  const { everyMs, revision: news } = useLive([sessionChannel(sessionId)], isConnectionEvent);
  // The list's state as a revision: what a button did shows here at once, not at the next poll.
  const revision = `${status}.${news}`;
  const socket = useResource({ key: sessionId, load: loadStatus, everyMs, revision });
  const health = useResource({ key: sessionId, load: loadHealth, everyMs, revision });
  const code = useLiveCode(sessionId);
  return (
    <section className="pane pane-detail" data-testid="session-detail" aria-label="Session">
      <header className="pane-bar pane-head">
        <h2 className="pane-title">{name ?? sessionId}</h2>
        <SessionState session={session} />
        <span className="spacer" />
        {isAdmin ? <SessionActions session={session} onChange={onChange} /> : null}
      </header>
      <div className="detail">
        <Problem error={socket.error ?? health.error} />
        {session.errorMessage === null ? null : <p className="banner banner-bad">{session.errorMessage}</p>}
        <Pairing status={socket.data} code={code} />
        <dl className="facts" data-testid="facts">
          <Fact label="Session id">{sessionId}</Fact>
          <Fact label="Number">{session.phoneNumber === null ? "Not paired yet" : `+${session.phoneNumber}`}</Fact>
          <Fact label="Socket">{socket.data === undefined ? "…" : SOCKET_LABELS[socket.data.socketStatus]}</Fact>
          <Fact label="Credentials">{session.runtime.socket.hasCredentials ? "Stored" : "None"}</Fact>
          <Fact label="Routing">{ROUTING_LABELS[session.routingRule]}</Fact>
          <Fact label="Messages">{session.stats.messages.toLocaleString("en")}</Fact>
          <Fact label="Contacts">{session.stats.contacts.toLocaleString("en")}</Fact>
          <Fact label="Outbox">{outboxOf(health.data?.sessions[0]?.outbox)}</Fact>
          <Fact label="Last connected">{momentOf(session.lastConnected)}</Fact>
          <Fact label="Last synchronised">{momentOf(session.lastSync)}</Fact>
          <Fact label="Reconnect attempts">{session.runtime.socket.reconnectAttempts}</Fact>
          <Fact label="Last disconnect">{session.runtime.socket.lastDisconnectReason?.replaceAll("_", " ") ?? "Never"}</Fact>
        </dl>
      </div>
    </section>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const momentOf = (iso: string | null): string => (iso === null ? "Never" : formatMoment(iso));

function outboxOf(outbox: { readonly queued: number; readonly unknown: number; readonly failed: number } | undefined): string {
  if (outbox === undefined) return "…";
  const parts = [
    `${outbox.queued} waiting`,
    outbox.unknown > 0 ? `${outbox.unknown} unknown` : "",
    outbox.failed > 0 ? `${outbox.failed} failed` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
