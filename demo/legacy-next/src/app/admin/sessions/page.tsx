import type { ReactNode } from "react";
import { SessionsScreen } from "../../../admin/sessions/sessions-screen.tsx";

export default function SessionsPage(): ReactNode {
  return <SessionsScreen />;
}
