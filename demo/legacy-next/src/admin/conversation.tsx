"use client";

import type { Contact } from "@ipnuo/domain/contact";
import { useCallback, useMemo, useState, type ReactNode } from "react";
import { fetchThread } from "./api-client.ts";
import { formatClock, formatFullDay, titleOf } from "./format.ts";
import { MessageRow } from "./message-row.tsx";
import { Notice } from "./notice.tsx";
import { toTimeline, type TimelineItem } from "./timeline.ts";
import { useResource } from "./use-resource.ts";

const PAGE = 100;
/** The API gives no more at once. */
const MAX_LIMIT = 500;

type Props = {
  readonly contact: Contact;
  /** Changes when there may be new messages. */
  readonly revision: string | undefined;
};

export function Conversation({ contact, revision }: Props): ReactNode {
  const [limit, setLimit] = useState(PAGE);
  const load = useCallback((signal: AbortSignal) => fetchThread({ contactId: contact.id, limit }, signal), [contact.id, limit]);
  const thread = useResource({ key: contact.id, load, revision });
  const items = useMemo(() => (thread.data === undefined ? [] : toTimeline(thread.data)), [thread.data]);
  return (
    <section className="pane pane-conversation" data-testid="conversation" aria-label="Conversation">
      <header className="pane-bar pane-head">
        <h2 className="pane-title">{titleOf(contact)}</h2>
        <span className="pane-sub">{contact.phoneNumber === null ? contact.jid : `+${contact.phoneNumber}`}</span>
        <span className="spacer" />
        {contact.assignee === null ? null : <span className="pane-sub">Owner: {contact.assignee.name ?? contact.assignee.id}</span>}
        <span className={`chip chip-${contact.sessionStatus.toLowerCase()}`}>{contact.sessionStatus === "OPEN" ? "Open" : "Closed"}</span>
      </header>
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
