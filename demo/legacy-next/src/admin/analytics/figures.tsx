import type { Analytics } from "@ipnuo/domain/analytics";
import type { ReactNode } from "react";

/** What a manager asks first, each with how it changed against the period before. */
export function Figures({ report }: { readonly report: Analytics }): ReactNode {
  return (
    <dl className="figures" data-testid="figures">
      <Figure label="Messages" value={report.totalMessages} change={report.messagesChange} />
      <Figure label="Sent" value={report.sentMessages} share={report.sentPercentage} change={report.sentChange} />
      <Figure label="Received" value={report.receivedMessages} share={report.receivedPercentage} change={report.receivedChange} />
      <Figure label="By the flowbot" value={report.flowbotMessages} share={report.flowbotPercentage} />
      <Figure label="Active contacts" value={report.activeContacts} />
    </dl>
  );
}

type Props = { readonly label: string; readonly value: number; readonly share?: number; readonly change?: number | null };

function Figure({ label, value, share, change }: Props): ReactNode {
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd>
        <span className="figure-value">{value.toLocaleString("en")}</span>
        {share === undefined ? null : <span className="muted">{share}%</span>}
        {change === undefined ? null : <Change change={change} />}
      </dd>
    </div>
  );
}

/** null: there was nothing before to compare with. */
function Change({ change }: { readonly change: number | null }): ReactNode {
  if (change === null) return <span className="muted">new</span>;
  const direction = change > 0 ? "up" : change < 0 ? "down" : "same";
  return (
    <span className={`change change-${direction}`} title="against the period before">
      {change > 0 ? "+" : ""}
      {change.toLocaleString("en")}%
    </span>
  );
}
