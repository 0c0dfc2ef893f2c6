import type { Message } from "@ipnuo/domain/message";
import type { ReactNode } from "react";
import { formatClock } from "./format.ts";
import { absentTextOf, authorOf, isEdited, placeholderOf } from "./placeholder.ts";
import { Media } from "./media.tsx";
import { StatusMark } from "./status-mark.tsx";

export function MessageRow({ message, isGroup }: { readonly message: Message; readonly isGroup: boolean }): ReactNode {
  const { fromMe, content, status, errorMessage } = message;
  const placeholder = placeholderOf(message);
  const absentText = absentTextOf(message);
  const author = isGroup ? authorOf(message) : senderOf(message);
  return (
    <li className={`message ${fromMe ? "message-out" : "message-in"}`} data-testid="message" data-status={status}>
      {author === undefined ? null : <div className="message-author">{author}</div>}
      {placeholder === undefined ? null : (
        <div className="media" data-testid="media">
          <span className="media-label">{placeholder.label}</span>
          {placeholder.details.map((detail) => (
            <span key={detail} className="media-detail">
              {detail}
            </span>
          ))}
          <Media message={message} />
        </div>
      )}
      {content === null ? null : <div className="message-text">{content}</div>}
      {absentText === undefined ? null : <div className="message-absent">{absentText}</div>}
      <div className="message-foot">
        {errorMessage === null ? null : <span className="message-error">{errorMessage}</span>}
        {isEdited(message) ? <span>edited</span> : null}
        <time dateTime={message.timestamp}>{formatClock(message.timestamp)}</time>
        {fromMe ? <StatusMark status={status} /> : null}
      </div>
    </li>
  );
}

/** Which colleague sent it, or that nobody did. */
function senderOf({ fromMe, senderId, users }: Message): string | undefined {
  if (!fromMe || senderId === null) return undefined;
  return senderId === "whatsapp-system" ? "Automatic reply" : (users?.name ?? users?.email ?? undefined);
}
