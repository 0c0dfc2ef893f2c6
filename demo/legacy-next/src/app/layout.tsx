import type { Metadata } from "next";
import type { ReactNode } from "react";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/controls.css";
import "./styles/rows.css";
import "./styles/session-state.css";
import "./styles/conversation.css";
import "./styles/card.css";
import "./styles/composer.css";
import "./styles/dialog.css";
import "./styles/screens.css";
import "./styles/analytics.css";

export const metadata: Metadata = { title: "WhatsApp admin", robots: { index: false, follow: false } };

export default function RootLayout({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
