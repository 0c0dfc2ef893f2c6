import type { Session } from "@ipnuo/domain/session";
import type { ReactNode } from "react";
import { Notice } from "./notice.tsx";
import { SESSION_LABELS, SOCKET_LABELS } from "./session-labels.ts";
import type { Resource } from "./use-resource.ts";

type Props = {
  readonly sessions: Resource<readonly Session[]>;
  readonly selectedId: string | undefined;
  readonly onSelect: (sessionId: string) => void;
  /** Below the list. */
  readonly children?: ReactNode;
};

export function SessionList({ sessions, selectedId, onSelect, children }: Props): ReactNode {
  return (
    <nav className="pane pane-sessions" data-testid="sessions" aria-label="Sessions">
      <h2 className="pane-title">
        Sessions <span className="count">{sessions.data?.length ?? ""}</span>
      </h2>
      <Notice resource={sessions} isEmpty={sessions.data?.length === 0} emptyText="This tenant has no sessions" />
      <ul className="rows">
        {sessions.data?.map((session) => (
          <li key={session.id}>
            <SessionRow session={session} isSelected={session.sessionId === selectedId} onSelect={onSelect} />
          </li>
        ))}
      </ul>
      {children}
    </nav>
  );
}

type RowProps = { readonly session: Session; readonly isSelected: boolean; readonly onSelect: (sessionId: string) => void };

function SessionRow({ session, isSelected, onSelect }: RowProps): ReactNode {
  const { sessionId, name, phoneNumber, stats, errorMessage } = session;
  return (
    <button type="button" className="row" aria-current={isSelected} data-testid="session" data-id={sessionId} onClick={() => onSelect(sessionId)}>
      <span className="row-line">
        <span className="row-name">{name ?? sessionId}</span>
        <SessionState session={session} />
      </span>
      <span className="row-line row-sub">
        <span>{phoneNumber === null ? sessionId : `+${phoneNumber}`}</span>
        <span>{stats.messages === 1 ? "1 message" : `${stats.messages} messages`}</span>
      </span>
      {errorMessage === null ? null : <span className="row-error">{errorMessage}</span>}
    </button>
  );
}

/** A session whose worker died still says CONNECTED; whoever looks should not believe it. */
export function SessionState({ session: { status, runtime } }: { readonly session: Session }): ReactNode {
  const isStale = status === "CONNECTED" && !runtime.socket.isActuallyConnected;
  return (
    <span className={`state state-${isStale ? "connecting" : status.toLowerCase()}`}>
      {isStale ? SOCKET_LABELS.disconnected : SESSION_LABELS[status]}
    </span>
  );
}
