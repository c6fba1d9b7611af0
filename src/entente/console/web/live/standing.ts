/** Where an alert stands, by the rules of exchange/ruling/alerts.py. */

import { centreNow } from "./desk";
import type { ShownAlert } from "./picture";

export type Standing = "open" | "acknowledged" | "expired" | "cancelled";

export function standing(alert: ShownAlert): Standing {
  if (alert.cancelled !== null) return "cancelled";
  if (alert.acks.size === 2) return "acknowledged";
  return centreNow() > Date.parse(alert.body.deadline) ? "expired" : "open";
}

export function isOpen(alert: ShownAlert): boolean {
  return standing(alert) === "open";
}
