import type { ReactNode } from "react";

/** What went wrong with the last thing that was tried; nothing otherwise. */
export function Problem({ error }: { readonly error: string | undefined }): ReactNode {
  return error === undefined ? null : (
    <p className="problem" role="alert">
      {error}
    </p>
  );
}
