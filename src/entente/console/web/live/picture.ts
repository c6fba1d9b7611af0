/** What the log says so far, as the duty desk needs it: alerts and who acknowledged them, notices, questions, feeds, places.
 *
 * Worked out entry by entry from the stream alone, so that a page that comes late is like one that was there.
 */

import type { Acknowledgement, Alarm, Alert, Bulletin, Entry, Feed, LaunchDetected, Notice, Query, TrackState } from "./wire";

const MOST_ALARMS = 40;

export interface Acked {
  index: number;
  seat: string;
  nature: string | null;
  received: string;
}

/** An alert, or a notice, and what became of it. */
export interface Shown<Of> {
  index: number;
  digest: string;
  received: string;
  body: Of;
  acks: Map<string, Acked>;
}

export interface ShownAlert extends Shown<Alert> {
  corroborated: number | null;
  bulletin: { index: number; body: Bulletin } | null;
  cancelled: number | null;
}

export interface ShownNotice extends Shown<Notice> {
  cancelled: boolean;
  tookPlace: boolean;
}

export interface Asked {
  index: number;
  received: string;
  body: Query;
  answers: { index: number; party: string; answer: string; nature: string | null }[];
}

export interface FeedsOf {
  party: string;
  received: string;
  feeds: Feed[];
}

export class Picture {
  next = 0; // the entry that is not known yet
  alerts = new Map<number, ShownAlert>();
  notices = new Map<number, ShownNotice>();
  queries = new Map<number, Asked>();
  feeds = new Map<string, FeedsOf>();
  launches = new Map<string, { index: number; body: LaunchDetected }>();
  tracks = new Map<string, { index: number; body: TrackState }>();
  alarms = new Map<string, Alarm>();

  take(entry: Entry): void {
    if (entry.index < this.next) return;
    this.next = entry.index + 1;
    const { index, digest, received, body } = entry;
    switch (body.kind) {
      case "alert":
        for (const other of this.alerts.values())
          if (other.body.launch === body.launch) other.cancelled ??= index;
        this.alerts.set(index, { index, digest, received, body, acks: new Map(), corroborated: null, bulletin: null, cancelled: null });
        break;
      case "corroborated":
        this.of(body.alert, (alert) => (alert.corroborated ??= index));
        break;
      case "bulletin":
        this.of(body.alert, (alert) => (alert.bulletin = { index, body }));
        break;
      case "acknowledgement":
        this.acknowledge(index, received, body);
        break;
      case "pre-launch":
      case "geophysical-experiment":
      case "de-orbit":
        this.notices.set(index, { index, digest, received, body, acks: new Map(), cancelled: false, tookPlace: false });
        break;
      case "query":
        this.queries.set(index, { index, received, body, answers: [] });
        break;
      case "answer":
        this.queries
          .get(body.about)
          ?.answers.push({ index, party: body.party, answer: body.answer, nature: body.nature });
        break;
      case "state-of-health":
        this.feeds.set(body.node, { party: body.party, received, feeds: body.feeds });
        break;
      case "launch-detected":
        this.launches.set(`${body.node}/${body.launch}`, { index, body });
        break;
      case "track-state":
        this.tracks.set(`${body.node}/${body.track}`, { index, body });
        break;
      default:
        this.followUp(body as unknown as { kind: string; original?: string });
    }
  }

  alarm(alarm: Alarm): void {
    const clock = alarm.reason.startsWith("clock-"); // the latest word on a clock is the one that holds
    const key = clock ? `clock ${alarm.sender}` : [alarm.reason, alarm.sender, alarm.since, alarm.about].join(" ");
    if (alarm.kind === "alarm-over" || alarm.reason === "clock-well") this.alarms.delete(key);
    else this.alarms.set(key, alarm);
    for (const oldest of [...this.alarms.keys()].slice(0, -MOST_ALARMS)) this.alarms.delete(oldest);
  }

  private of(index: number, change: (alert: ShownAlert) => void): void {
    const alert = this.alerts.get(index);
    if (alert) change(alert);
  }

  private acknowledge(index: number, received: string, body: Acknowledgement): void {
    const about = this.alerts.get(body.about) ?? this.notices.get(body.about);
    const nature = body.nature ?? about?.acks.get(body.party)?.nature ?? null;
    about?.acks.set(body.party, { index, seat: body.node, nature, received });
  }

  /** A notice that says what became of another. */
  private followUp(body: { kind: string; original?: string }): void {
    for (const notice of this.notices.values())
      if (notice.body.notice === body.original) {
        notice.cancelled ||= body.kind === "cancel";
        notice.tookPlace ||= body.kind === "post-launch";
      }
  }
}
