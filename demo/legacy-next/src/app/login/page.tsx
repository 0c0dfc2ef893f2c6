import { connection } from "next/server";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { listUsers } from "../../lib/auth/sign-in.ts";
import { env } from "../../lib/env.ts";

/** The demo's door: anybody may be anybody. Off unless DEMO_SIGN_IN is `true`. */
export default async function LoginPage(): Promise<ReactNode> {
  await connection();
  if (!env().isSignInEnabled) notFound();
  const users = await listUsers();
  return (
    <main className="card" data-testid="login">
      <h1>Sign in</h1>
      <p>Demo only: choose who you are. The session lasts eight hours.</p>
      {users.length === 0 ? <p className="notice">The database has no users</p> : null}
      <form method="post" action="/login/session">
        <ul className="rows">
          {users.map((user) => (
            <li key={user.id}>
              <button type="submit" name="userId" value={user.id} className="row" data-testid="user" data-id={user.id}>
                <span className="row-line">
                  <span className="row-name">{user.name ?? user.email}</span>
                  <span className="chip">{user.role}</span>
                </span>
                <span className="row-line row-sub">
                  <span>{user.email}</span>
                  <span>{user.tenant.name}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </form>
    </main>
  );
}
