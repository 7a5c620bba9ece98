import type { AccountEventRow } from "../../../store/schema.ts";

/** The events of one day in UTC. */
export interface ActivityDay {
  /** The latest event of the day, as epoch milliseconds. */
  readonly at: number;
  readonly events: AccountEventRow[];
}

/**
 * Groups events by their day in UTC. `events` are sorted, newest first. Neighbors of the same type and origin become
 * one entry with the time of the latest, and with the sum of their occurrences.
 */
export function groupByDay(events: readonly AccountEventRow[]): ActivityDay[] {
  const days: ActivityDay[] = [];
  for (const event of events) {
    const day = days.at(-1);
    if (day === undefined || dayOf(day.at) !== dayOf(event.occurred_at)) {
      days.push({ at: event.occurred_at, events: [event] });
      continue;
    }
    const last = day.events.at(-1);
    if (last !== undefined && isSame(last, event)) {
      day.events[day.events.length - 1] = { ...last, occurrences: last.occurrences + event.occurrences };
    } else {
      day.events.push(event);
    }
  }
  return days;
}

function dayOf(at: number): number {
  return Math.floor(at / 86_400_000);
}

function isSame(one: AccountEventRow, other: AccountEventRow): boolean {
  return (["type", "ip", "country", "browser", "platform"] as const).every((name) => one[name] === other[name]);
}
