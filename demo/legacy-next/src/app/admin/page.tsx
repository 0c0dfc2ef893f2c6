import type { ReactNode } from "react";
import { Workspace } from "../../admin/workspace.tsx";

export default function ConversationsPage(): ReactNode {
  return <Workspace />;
}
