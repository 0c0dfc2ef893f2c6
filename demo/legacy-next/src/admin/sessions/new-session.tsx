"use client";

import type { RoutingRule } from "@ipnuo/domain/enums";
import { useState, type FormEvent, type ReactNode } from "react";
import { connectSession, createSession } from "../api.ts";
import { formText } from "../form-text.ts";
import { Problem } from "../problem.tsx";
import { ROUTING_LABELS } from "../session-labels.ts";
import { useAction } from "../use-action.ts";
import { useDialog } from "../use-dialog.ts";

type Props = { readonly onClose: () => void; readonly onCreated: (sessionId: string) => void };

export function NewSession({ onClose, onCreated }: Props): ReactNode {
  const dialog = useDialog();
  const { run, isBusy, error } = useAction();
  const [routingRule, setRoutingRule] = useState<RoutingRule>("FLOWBOT_FIRST");
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string): string => formText(fields, name);
    void run(async () => {
      const [sessionId, name] = [text("sessionId"), text("name")];
      const body = { ...(sessionId === "" ? {} : { sessionId }), ...(name === "" ? {} : { name }), routingRule };
      const { session } = await createSession(body);
      if (fields.has("connect")) await connectSession(session.sessionId);
      onCreated(session.sessionId);
    });
  };
  return (
    <dialog ref={dialog} className="dialog" onClose={onClose} aria-labelledby="new-title" data-testid="new-session">
      <form onSubmit={submit}>
        <h2 id="new-title">New session</h2>
        <label className="field">
          <span>Name</span>
          <input name="name" maxLength={120} placeholder="Sales" />
        </label>
        <label className="field">
          <span>Session id</span>
          <input name="sessionId" maxLength={64} pattern="[A-Za-z0-9_\-]*" placeholder="made for you when empty" />
        </label>
        <label className="field">
          <span>Who answers first</span>
          <RoutingSelect value={routingRule} onChange={setRoutingRule} />
        </label>
        <label className="check">
          <input type="checkbox" name="connect" defaultChecked /> Connect at once and show a QR code
        </label>
        <Problem error={error} />
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-main" disabled={isBusy}>
            Create session
          </button>
        </div>
      </form>
    </dialog>
  );
}

type SelectProps = { readonly value: RoutingRule; readonly onChange: (rule: RoutingRule) => void };

export function RoutingSelect({ value, onChange }: SelectProps): ReactNode {
  return (
    <select name="routingRule" value={value} onChange={(event) => onChange(event.target.value as RoutingRule)}>
      {Object.entries(ROUTING_LABELS).map(([rule, label]) => (
        <option key={rule} value={rule}>
          {label}
        </option>
      ))}
    </select>
  );
}
