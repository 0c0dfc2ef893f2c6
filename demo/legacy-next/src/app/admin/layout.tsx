import { headers } from "next/headers";
import Link from "next/link";
import { redirect, unauthorized } from "next/navigation";
import { Suspense, type ReactNode } from "react";
import { LiveMark, LiveProvider } from "../../admin/live/live-provider.tsx";
import { Navigation } from "../../admin/navigation.tsx";
import { ViewerProvider } from "../../admin/viewer.tsx";
import { callerOf, type Caller } from "../../lib/auth/caller.ts";
import { env } from "../../lib/env.ts";
import { isAdmin } from "../../lib/http/member.ts";

/** The admin pages. What they show comes from the API alone; here only the door is watched. */
export default async function AdminLayout({ children }: { readonly children: ReactNode }): Promise<ReactNode> {
  // First of all: it keeps `next build`, which has no environment, from rendering these pages.
  const requestHeaders = await headers();
  const caller = await callerOf(requestHeaders);
  const { isSignInEnabled } = env();
  if (caller === undefined) return isSignInEnabled ? redirect("/login") : unauthorized();
  return (
    <div className="page">
      <LiveProvider>
        <Header caller={caller} canSwitchUser={isSignInEnabled} />
        <ViewerProvider viewer={{ userId: caller.userId, isAdmin: isAdmin(caller) }}>
          <Suspense>{children}</Suspense>
        </ViewerProvider>
      </LiveProvider>
    </div>
  );
}

function Header({ caller, canSwitchUser }: { readonly caller: Caller; readonly canSwitchUser: boolean }): ReactNode {
  return (
    <header className="top" data-testid="header">
      <h1>WhatsApp admin</h1>
      <Navigation />
      <span className="spacer" />
      <LiveMark />
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
