import type { Analytics } from "@ipnuo/domain/analytics";
import type { ReactNode } from "react";

const LABELS = { PENDING: "Pending", SENT: "Sent", DELIVERED: "Delivered", READ: "Read", FAILED: "Failed" } as const;

/** Widths come from the counts: the percentages are rounded and need not sum to a hundred. */
export function StatusBreakdown({ items }: { readonly items: Analytics["statusBreakdown"] }): ReactNode {
  const total = items.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return <p className="muted">No messages</p>;
  return (
    <table className="breakdown" data-testid="status-breakdown">
      <thead className="hidden">
        <tr>
          <th>Status</th>
          <th>Share</th>
          <th>Messages</th>
          <th>Percent</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ status, count, percentage }) => (
          <tr key={status}>
            <th scope="row">{LABELS[status]}</th>
            <td className="breakdown-track">
              <span className={`breakdown-bar breakdown-${status.toLowerCase()}`} style={{ width: `${(100 * count) / total}%` }} />
            </td>
            <td className="number">{count.toLocaleString("en")}</td>
            <td className="number muted">{percentage}%</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
