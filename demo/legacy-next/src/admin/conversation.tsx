"use client";

import type { Contact } from "@ipnuo/domain/contact";
import { useCallback, useMemo, useState, type ReactNode } from "react";
import { fetchThread } from "./api.ts";
import { Composer } from "./composer.tsx";
import { ConversationHead } from "./conversation-head.tsx";
import { formatClock, formatFullDay } from "./format.ts";
import { isMessageEventOf, sessionChannel } from "./live/channels.ts";
import { useLive } from "./live/use-live.ts";
import { LockBanner } from "./lock-banner.tsx";
import { MessageRow } from "./message-row.tsx";
import { Notice } from "./notice.tsx";
import { toTimeline, type TimelineItem } from "./timeline.ts";
import { useResource } from "./use-resource.ts";
import { useViewer } from "./viewer.tsx";
import type { Colleague } from "./workspace.tsx";

const PAGE = 100;
/** The API gives no more at once. */
const MAX_LIMIT = 500;

type Props = {
  readonly contact: Contact;
  readonly colleagues: readonly Colleague[];
  /** Messages leave through this session. */
  readonly sessionId: string;
  readonly onChange: () => void;
};

export function Conversation({ contact, colleagues, sessionId, onChange }: Props): ReactNode {
  const { userId } = useViewer();
  const [limit, setLimit] = useState(PAGE);
  const [changes, setChanges] = useState(0);
  const reload = useCallback(() => {
    setChanges((last) => last + 1);
    onChange();
  }, [onChange]);
  const load = useCallback((signal: AbortSignal) => fetchThread({ contactId: contact.id, limit }, signal), [contact.id, limit]);
  const live = useLive([sessionChannel(sessionId)], (event) => isMessageEventOf(contact, event));
  const thread = useResource({ key: contact.id, load, everyMs: live.everyMs, revision: `${changes}.${live.revision}` });
  const items = useMemo(() => (thread.data === undefined ? [] : toTimeline(thread.data)), [thread.data]);
  const isLocked = contact.sessionStatus === "OPEN" && contact.userId !== null && contact.userId !== userId;
  return (
    <section className="pane pane-conversation" data-testid="conversation" aria-label="Conversation">
      <ConversationHead contact={contact} colleagues={colleagues} onChange={reload} />
      {isLocked ? <LockBanner contact={contact} /> : null}
      <div className="thread">
        <div className="thread-content">
          {thread.data?.hasMore === true ? <Earlier limit={limit} onMore={() => setLimit(Math.min(limit + PAGE, MAX_LIMIT))} /> : null}
          <Notice resource={thread} isEmpty={items.length === 0} emptyText="No messages yet" />
          <ol className="messages" data-testid="messages">
            {items.map((item) => (
              <TimelineRow key={item.key} item={item} isGroup={contact.isGroup} />
            ))}
          </ol>
        </div>
      </div>
      <Composer sessionId={sessionId} jid={contact.jid} onSent={reload} />
    </section>
  );
}

function Earlier({ limit, onMore }: { readonly limit: number; readonly onMore: () => void }): ReactNode {
  if (limit >= MAX_LIMIT) return <p className="notice">Only the newest {MAX_LIMIT} messages are shown</p>;
  return (
    <button type="button" className="more" onClick={onMore}>
      Show earlier messages
    </button>
  );
}

function TimelineRow({ item, isGroup }: { readonly item: TimelineItem; readonly isGroup: boolean }): ReactNode {
  if (item.kind === "day") return <li className="day">{formatFullDay(item.at)}</li>;
  if (item.kind === "message") return <MessageRow message={item.message} isGroup={isGroup} />;
  return (
    <li className={`aside aside-${item.kind}`}>
      {item.kind === "summary" ? "Summary: " : ""}
      {item.text} <span className="aside-by">{item.author}</span> <time dateTime={item.at}>{formatClock(item.at)}</time>
    </li>
  );
}
