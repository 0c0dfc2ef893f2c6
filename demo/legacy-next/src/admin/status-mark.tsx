import type { MessageStatus } from "@ipnuo/domain/enums";
import type { ReactNode } from "react";

const TICK = "M1.5 6.5 4.5 9.5 10 3";
const SECOND_TICK = "M6.5 8.7 7.3 9.5 12.8 3";

const MARKS: Readonly<Record<MessageStatus, { readonly label: string; readonly paths: readonly string[] }>> = {
  PENDING: { label: "Pending", paths: ["M7 1.5a5 5 0 1 0 .01 0Z", "M7 4v2.7l1.8 1.2"] },
  SENT: { label: "Sent", paths: [TICK] },
  DELIVERED: { label: "Delivered", paths: [TICK, SECOND_TICK] },
  READ: { label: "Read", paths: [TICK, SECOND_TICK] },
  FAILED: { label: "Failed", paths: ["M7 1.5a5 5 0 1 0 .01 0Z", "M7 4v3.2", "M7 8.9v.2"] },
};

/** Ticks of an own message: drawn, because fonts differ in how they show them. */
export function StatusMark({ status }: { readonly status: MessageStatus }): ReactNode {
  const { label, paths } = MARKS[status];
  return (
    <svg className={`tick tick-${status.toLowerCase()}`} viewBox="0 0 14 12" width="14" height="12" role="img" aria-label={label}>
      <title>{label}</title>
      {paths.map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}
