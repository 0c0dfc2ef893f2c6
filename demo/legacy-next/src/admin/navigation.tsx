"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

const SCREENS = [
  { path: "/admin", label: "Conversations" },
  { path: "/admin/sessions", label: "Sessions" },
  { path: "/admin/analytics", label: "Analytics" },
  { path: "/admin/transfers", label: "Transfers" },
  { path: "/admin/settings", label: "Settings" },
] as const;

export function Navigation(): ReactNode {
  const current = usePathname();
  return (
    <nav className="tabs" aria-label="Screens">
      {SCREENS.map(({ path, label }) => (
        <Link key={path} href={path} prefetch={false} className="tab" aria-current={path === current ? "page" : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
