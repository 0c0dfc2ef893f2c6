"use client";

import type { SessionConfig } from "@ipnuo/domain/session";
import { useState, type FormEvent, type ReactNode } from "react";
import { routeAllSessions, saveConfig } from "../api.ts";
import { Problem } from "../problem.tsx";
import { RoutingSelect } from "../sessions/new-session.tsx";
import { useAction } from "../use-action.ts";

type Props = { readonly sessionId: string; readonly stored: SessionConfig; readonly onSaved: () => void };

const MAX_MESSAGE = 4_096;

export function ConfigForm({ sessionId, stored, onSaved }: Props): ReactNode {
  const [config, setConfig] = useState(stored);
  const [done, setDone] = useState<string>();
  const { run, isBusy, error } = useAction(onSaved);
  const change = (part: Partial<SessionConfig>): void => {
    setDone(undefined);
    setConfig({ ...config, ...part });
  };
  /** An empty field clears the setting. */
  const text = (value: string): string | null => (value === "" ? null : value);
  const save = (event: FormEvent): void => {
    event.preventDefault();
    void run(async () => {
      setConfig((await saveConfig(sessionId, config)).config);
      setDone("Saved");
    });
  };
  const routeAll = (): void =>
    void run(async () => {
      await routeAllSessions(config.routingRule);
      setDone("Every session now follows this rule");
    });

  return (
    <form className="settings" data-testid="config" onSubmit={save}>
      <fieldset>
        <legend>Routing</legend>
        <label className="field">
          <span>Who answers first</span>
          <RoutingSelect value={config.routingRule} onChange={(routingRule) => change({ routingRule })} />
        </label>
        <button type="button" className="button" disabled={isBusy} onClick={routeAll}>
          Use this rule for every session
        </button>
      </fieldset>
      <fieldset>
        <legend>Automatic reply</legend>
        <label className="check">
          <input type="checkbox" checked={config.autoReplyEnabled} onChange={(event) => change({ autoReplyEnabled: event.target.checked })} /> Reply
          automatically when a conversation is closed
        </label>
        <MessageField label="Reply" value={config.autoReplyMessage} onChange={(value) => change({ autoReplyMessage: text(value) })} />
      </fieldset>
      <fieldset>
        <legend>Business hours</legend>
        <label className="check">
          <input type="checkbox" checked={config.businessHoursEnabled} onChange={(event) => change({ businessHoursEnabled: event.target.checked })} />{" "}
          Reply differently outside of business hours
        </label>
        <div className="field-row">
          <TimeField label="From" value={config.businessHoursStart} onChange={(value) => change({ businessHoursStart: text(value) })} />
          <TimeField label="Until" value={config.businessHoursEnd} onChange={(value) => change({ businessHoursEnd: text(value) })} />
          <label className="field">
            <span>Time zone</span>
            <input
              value={config.businessHoursTimezone ?? ""}
              maxLength={64}
              placeholder="America/Bogota"
              onChange={(event) => change({ businessHoursTimezone: text(event.target.value) })}
            />
          </label>
        </div>
        <MessageField label="Reply outside of them" value={config.awayMessage} onChange={(value) => change({ awayMessage: text(value) })} />
      </fieldset>
      <Problem error={error} />
      <div className="settings-foot">
        <button type="submit" className="button button-main" disabled={isBusy}>
          Save
        </button>
        <span className="muted" role="status">
          {done ?? ""}
        </span>
      </div>
    </form>
  );
}

type FieldProps = { readonly label: string; readonly value: string | null; readonly onChange: (value: string) => void };

function MessageField({ label, value, onChange }: FieldProps): ReactNode {
  return (
    <label className="field">
      <span>{label}</span>
      <textarea rows={3} maxLength={MAX_MESSAGE} value={value ?? ""} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

function TimeField({ label, value, onChange }: FieldProps): ReactNode {
  return (
    <label className="field">
      <span>{label}</span>
      <input type="time" value={value?.slice(0, 5) ?? ""} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
