import type { ReactNode } from "react";
import { SettingsScreen } from "../../../admin/settings/settings-screen.tsx";

export default function SettingsPage(): ReactNode {
  return <SettingsScreen />;
}
