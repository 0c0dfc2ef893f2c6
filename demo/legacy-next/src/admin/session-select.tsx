import type { ReactNode } from "react";
import type { Sessions } from "./use-sessions.ts";

/** Chooses the session that a whole screen is about. */
export function SessionSelect({ list, session, selection }: Pick<Sessions, "list" | "session" | "selection">): ReactNode {
  return (
    <label className="inline-field">
      <span>Session</span>
      <select value={session?.sessionId ?? ""} onChange={(event) => selection.selectSession(event.target.value)} data-testid="session-select">
        {session === undefined ? <option value="">—</option> : null}
        {list.data?.map(({ sessionId, name }) => (
          <option key={sessionId} value={sessionId}>
            {name ?? sessionId}
          </option>
        ))}
      </select>
    </label>
  );
}
