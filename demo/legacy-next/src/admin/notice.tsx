import type { ReactNode } from "react";
import type { Resource } from "./use-resource.ts";

type Props = { readonly resource: Resource<unknown>; readonly isEmpty: boolean; readonly emptyText: string };

/** What stands where rows would: still loading, nothing there, or what went wrong. An error shows above the last rows too. */
export function Notice({ resource: { data, error }, isEmpty, emptyText }: Props): ReactNode {
  if (error !== undefined) {
    return (
      <p className="notice notice-error" role="alert">
        {error}
      </p>
    );
  }
  if (data === undefined) return <p className="notice">Loading…</p>;
  return isEmpty ? <p className="notice">{emptyText}</p> : null;
}
