"use client";

import { createContext, use, type ReactNode } from "react";

/** Who looks at the page. It decides what is offered; what is allowed the API decides. */
export type Viewer = { readonly userId: string; readonly isAdmin: boolean };

const ViewerContext = createContext<Viewer>({ userId: "", isAdmin: false });

export function ViewerProvider({ viewer, children }: { readonly viewer: Viewer; readonly children: ReactNode }): ReactNode {
  return <ViewerContext value={viewer}>{children}</ViewerContext>;
}

export const useViewer = (): Viewer => use(ViewerContext);
