"use client";

import type { Session } from "@ipnuo/domain/session";
import { useCallback, useState } from "react";
import { fetchSessions } from "./api.ts";
import { isConnectionEvent, sessionChannel } from "./live/channels.ts";
import { useLive } from "./live/use-live.ts";
import { useResource, type Resource } from "./use-resource.ts";
import { useSelection, type Selection } from "./use-selection.ts";

/** More sessions than that change unheard, until the list is asked for again. */
const MAX_CHANNELS = 50;

export type Sessions = {
  readonly list: Resource<readonly Session[]>;
  /** The one the address names, else the first connected one: it is what people come for; else the first. */
  readonly session: Session | undefined;
  readonly selection: Selection;
  /** Loads the list again, now. */
  readonly reload: () => void;
};

/** The tenant's sessions, asked for again and again, and the chosen one. */
export function useSessions(): Sessions {
  const selection = useSelection();
  const [revision, setRevision] = useState(0);
  const reload = useCallback(() => setRevision((last) => last + 1), []);
  const [channels, setChannels] = useState<readonly string[]>([]);
  const live = useLive(channels, isConnectionEvent);
  const { data, error } = useResource({
    key: "sessions",
    load: fetchSessions,
    everyMs: live.everyMs,
    revision: `${revision}.${live.revision}`,
  });
  const sessions = data?.sessions;
  const wanted = sessions?.slice(0, MAX_CHANNELS).map(({ sessionId }) => sessionChannel(sessionId)) ?? [];
  if (wanted.join(" ") !== channels.join(" ")) setChannels(wanted);
  // Kept while it exists: the page must not move to another session because one lost its connection.
  const [openedId, setOpenedId] = useState<string>();
  const opened = sessions?.find(({ sessionId }) => sessionId === openedId) ?? sessions?.find(({ status }) => status === "CONNECTED") ?? sessions?.[0];
  if (opened !== undefined && opened.sessionId !== openedId) setOpenedId(opened.sessionId);
  const session = selection.sessionId === null ? opened : sessions?.find((each) => each.sessionId === selection.sessionId);
  return { list: { data: sessions, error }, session, selection, reload };
}
