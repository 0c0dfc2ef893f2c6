import type { ReactNode } from "react";
import { AnalyticsScreen } from "../../../admin/analytics/analytics-screen.tsx";

export default function AnalyticsPage(): ReactNode {
  return <AnalyticsScreen />;
}
