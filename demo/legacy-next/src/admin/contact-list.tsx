"use client";

import type { Contact } from "@ipnuo/domain/contact";
import { useDeferredValue, useMemo, useState, type ReactNode } from "react";
import { matchesSearch } from "./contact-search.ts";
import { formatMoment, initialsOf, titleOf } from "./format.ts";
import { Notice } from "./notice.tsx";
import type { Resource } from "./use-resource.ts";

type Props = {
  readonly contacts: Resource<readonly Contact[]>;
  readonly selectedId: string | null;
  readonly onSelect: (contactId: string) => void;
};

export function ContactList({ contacts, selectedId, onSelect }: Props): ReactNode {
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search);
  const rows = useMemo(() => contacts.data?.filter((contact) => matchesSearch(contact, wanted)), [contacts.data, wanted]);
  const isSearching = wanted.trim() !== "";
  return (
    <>
      <input
        type="search"
        className="search"
        placeholder="Search name, number or owner"
        aria-label="Search contacts"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <Notice resource={contacts} isEmpty={rows?.length === 0} emptyText={isSearching ? "Nobody fits" : "No contacts yet"} />
      <ul className="rows" data-testid="contact-rows">
        {rows?.map((contact) => (
          <li key={contact.id}>
            <ContactRow contact={contact} isSelected={contact.id === selectedId} onSelect={onSelect} />
          </li>
        ))}
      </ul>
    </>
  );
}

type RowProps = { readonly contact: Contact; readonly isSelected: boolean; readonly onSelect: (contactId: string) => void };

const MAX_UNREAD_SHOWN = 99;

function ContactRow({ contact, isSelected, onSelect }: RowProps): ReactNode {
  const { id, isGroup, lastMessageAt, unreadCount, sessionStatus } = contact;
  const title = titleOf(contact);
  return (
    <button type="button" className="row row-contact" aria-current={isSelected} data-testid="contact" data-id={id} onClick={() => onSelect(id)}>
      <span className={isGroup ? "badge badge-group" : "badge"} aria-hidden="true">
        {initialsOf(title)}
      </span>
      <span className="row-body">
        <span className="row-line">
          <span className="row-name">{title}</span>
          {lastMessageAt === null ? null : <time dateTime={lastMessageAt}>{formatMoment(lastMessageAt)}</time>}
        </span>
        <span className="row-line row-sub">
          <span>
            {sessionStatus === "OPEN" ? <span className="open-mark">Open · </span> : null}
            {subtitleOf(contact)}
          </span>
          {unreadCount === 0 ? null : (
            <span className="unread" aria-label={`${unreadCount} unread`}>
              {unreadCount > MAX_UNREAD_SHOWN ? `${MAX_UNREAD_SHOWN}+` : unreadCount}
            </span>
          )}
        </span>
      </span>
    </button>
  );
}

function subtitleOf({ isGroup, isBusiness, name, phoneNumber, assignee }: Contact): string {
  const number = name === null || phoneNumber === null ? undefined : `+${phoneNumber}`;
  const kind = isGroup ? "Group" : isBusiness ? "Business" : (number ?? (phoneNumber === null ? "Number hidden" : "No name"));
  const owner = assignee === null ? undefined : (assignee.name ?? "Assigned");
  return owner === undefined ? kind : `${kind} · ${owner}`;
}
