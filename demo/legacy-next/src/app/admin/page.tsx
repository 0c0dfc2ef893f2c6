import { headers } from "next/headers";
import Link from "next/link";
import { redirect, unauthorized } from "next/navigation";
import { Suspense, type ReactNode } from "react";
import { Workspace } from "../../admin/workspace.tsx";
import { callerOf, type Caller } from "../../lib/auth/caller.ts";
import { env } from "../../lib/env.ts";

/** The admin page. What it shows comes from the API alone; here only the door is watched. */
export default async function AdminPage(): Promise<ReactNode> {
  // First of all: it keeps `next build`, which has no environment, from rendering this page.
  const requestHeaders = await headers();
  const caller = await callerOf(requestHeaders);
  const { isSignInEnabled } = env();
  if (caller === undefined) return isSignInEnabled ? redirect("/login") : unauthorized();
  return (
    <div className="page">
      <Header caller={caller} canSwitchUser={isSignInEnabled} />
      <Suspense>
        <Workspace />
      </Suspense>
    </div>
  );
}

function Header({ caller, canSwitchUser }: { readonly caller: Caller; readonly canSwitchUser: boolean }): ReactNode {
  return (
    <header className="top" data-testid="header">
      <h1>WhatsApp admin</h1>
      <span className="spacer" />
      <span data-testid="caller">{caller.email ?? caller.userId}</span>
      <span className="chip">{caller.role}</span>
      {canSwitchUser ? (
        <Link href="/login" prefetch={false}>
          Switch user
        </Link>
      ) : null}
    </header>
  );
}
