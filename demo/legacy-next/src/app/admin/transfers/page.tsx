import type { ReactNode } from "react";
import { TransfersScreen } from "../../../admin/transfers/transfers-screen.tsx";

export default function TransfersPage(): ReactNode {
  return <TransfersScreen />;
}
