import type { ReactNode } from "react";

export default function UnauthorizedPage(): ReactNode {
  return (
    <main className="card" data-testid="unauthorized">
      <h1>401 Unauthorized</h1>
      <p>This page needs a valid session. Sign in to the application that issues it and come back.</p>
    </main>
  );
}
