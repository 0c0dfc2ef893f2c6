"use client";

import type { Contact } from "@ipnuo/domain/contact";
import { useState, type ReactNode } from "react";
import { assignContact, openConversation } from "./api.ts";
import { CloseDialog } from "./close-dialog.tsx";
import { titleOf } from "./format.ts";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";
import { useViewer } from "./viewer.tsx";
import type { Colleague } from "./workspace.tsx";

type Props = { readonly contact: Contact; readonly colleagues: readonly Colleague[]; readonly onChange: () => void };

export function ConversationHead({ contact, colleagues, onChange }: Props): ReactNode {
  const { run, isBusy, error } = useAction(onChange);
  const [isClosing, setIsClosing] = useState(false);
  const isOpen = contact.sessionStatus === "OPEN";
  return (
    <>
      <header className="pane-bar pane-head">
        <h2 className="pane-title">{titleOf(contact)}</h2>
        <span className="pane-sub">{contact.phoneNumber === null ? contact.jid : `+${contact.phoneNumber}`}</span>
        <span className="spacer" />
        <OwnerSelect
          contact={contact}
          colleagues={colleagues}
          isBusy={isBusy}
          onAssign={(userId) => void run(() => assignContact(contact.id, userId))}
        />
        <span className={`chip chip-${contact.sessionStatus.toLowerCase()}`}>{isOpen ? "Open" : "Closed"}</span>
        {isOpen ? (
          <button type="button" className="button" onClick={() => setIsClosing(true)}>
            Close…
          </button>
        ) : (
          <button type="button" className="button" disabled={isBusy} onClick={() => void run(() => openConversation(contact.id))}>
            Open
          </button>
        )}
      </header>
      <Problem error={error} />
      {isClosing ? <CloseDialog contact={contact} onClose={() => setIsClosing(false)} onClosed={onChange} /> : null}
    </>
  );
}

const NOBODY = "";

type SelectProps = {
  readonly contact: Contact;
  readonly colleagues: readonly Colleague[];
  readonly isBusy: boolean;
  readonly onAssign: (userId: string | null) => void;
};

/** The owner, to look at and to change. Whoever is no admin cannot take a contact away from a colleague. */
function OwnerSelect({ contact, colleagues, isBusy, onAssign }: SelectProps): ReactNode {
  const { userId, isAdmin } = useViewer();
  const owner = contact.userId ?? NOBODY;
  const isFixed = !isAdmin && owner !== NOBODY && owner !== userId;
  const others = colleagues.filter(({ id }) => id !== userId);
  return (
    <label className="inline-field">
      <span>Owner</span>
      <select
        data-testid="owner"
        value={owner}
        disabled={isBusy || isFixed}
        onChange={(event) => onAssign(event.target.value === NOBODY ? null : event.target.value)}
      >
        <option value={NOBODY}>Nobody</option>
        <option value={userId}>Me</option>
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {name ?? id}
          </option>
        ))}
      </select>
    </label>
  );
}
