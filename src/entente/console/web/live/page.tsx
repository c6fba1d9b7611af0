/** The duty desk: what the log says to the left, what is done with what is selected in one fixed place to the right. */

import { type ComponentChildren } from "preact";
import { Desk } from "./acknowledge";
import { follow, selected } from "./choice";
import { centreNow, counts, heardAt, hello, leave, line, picture, seat, sit, trouble, use } from "./desk";
import { Feeds, SILENT_MS } from "./feeds";
import { Places } from "./places";
import { Tracks } from "./tracks";
import { isOpen, standing } from "./standing";
import type { ShownAlert, ShownNotice } from "./picture";
import { WORDS, clock, party, span } from "./words";

const STALE_MS = 3_000; // without a word of the centre, which speaks every second

export function Page(): ComponentChildren {
  follow();
  return (
    <>
      <Banner />
      {seat.value ? <Room /> : <Door />}
    </>
  );
}

/** What this page is for. Nothing closes it and nothing is drawn over it. */
function Banner(): ComponentChildren {
  const [word, long] = WORDS.uses[use.value] ?? WORDS.unknownUse;
  return (
    <div class="banner" role="note" data-use={use.value || "unknown"}>
      <b>{word}</b> <span>{long}</span> <b aria-hidden="true">{word}</b>
    </div>
  );
}

function Door(): ComponentChildren {
  return (
    <main class="door">
      <h1>{WORDS.sit}</h1>
      <p>{WORDS.sitLong}</p>
      <label>
        {WORDS.keyFile}{" "}
        <input
          type="file"
          accept=".key,.pem"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) void sit(file);
          }}
        />
      </label>
      <p class="trouble" role="alert">
        {trouble.value}
      </p>
    </main>
  );
}

function Room(): ComponentChildren {
  follow();
  return (
    <div class="room">
      <Head />
      <main class="lists">
        <Alerts />
        <Notices />
        {seat.value?.party && (
          <div class="seen">
            <Places />
            <Tracks />
          </div>
        )}
      </main>
      <aside class="side">
        <Desk />
        {seat.value?.party && <Feeds />}
      </aside>
    </div>
  );
}

function Head(): ComponentChildren {
  follow();
  const silent = performance.now() - heardAt;
  const stale = line.value === "lost" || silent > STALE_MS;
  const at = seat.value;
  return (
    <header class="head">
      <h1>
        {at?.party ? party(at.party) : WORDS.observer} <small>
          {at?.node} · {hello.value?.log}
        </small>
      </h1>
      <p class={stale ? "line lost" : "line"}>
        <span role="status">{WORDS.lines[stale ? "lost" : line.value]}</span>
        {stale && `: ${WORDS.silentFor} ${span(silent)}`}
      </p>
      <p>
        {WORDS.time} <b class="time">{hello.value ? clock(centreNow()) : "—"}</b>
      </p>
      <button onClick={() => void leave()}>{WORDS.leave}</button>
      <p class="ages">
        <span class="evidence">{WORDS.evidence(counts.value.cosigned, counts.value.entries)}</span>
        {[...picture.feeds.entries()].sort().map(([node, { received }]) => {
          const age = centreNow() - Date.parse(received);
          return (
            <span key={node} class={age > SILENT_MS ? "silent" : ""}>
              {node}: {age > SILENT_MS ? WORDS.silentFor : WORDS.heard} {span(age)} {age > SILENT_MS ? "" : WORDS.ago}
            </span>
          );
        })}
      </p>
    </header>
  );
}

function Alerts(): ComponentChildren {
  follow();
  const alerts = [...picture.alerts.values()].sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || b.index - a.index);
  const newest = alerts.find(isOpen); // said aloud when it comes
  return (
    <section class="alerts" aria-label={WORDS.alerts}>
      <h2>{WORDS.alerts}</h2>
      {alerts.length === 0 && <p class="none">{WORDS.noAlerts}</p>}
      <p class="unseen" role="alert">
        {newest && `${WORDS.alert} ${newest.index}: ${WORDS.launch} ${newest.body.launch}, ${WORDS.standings.open}`}
      </p>
      <ol>
        {alerts.map((alert) => (
          <AlertRow key={alert.index} alert={alert} />
        ))}
      </ol>
    </section>
  );
}

function AlertRow({ alert }: { alert: ShownAlert }): ComponentChildren {
  follow();
  const { body, index } = alert;
  const state = standing(alert);
  const left = Date.parse(body.deadline) - centreNow();
  return (
    <li class={state}>
      <button
        class="row"
        data-index={index}
        aria-pressed={selected.value === index}
        onClick={() => (selected.value = index)}
      >
        <span class="what">
          {WORDS.alert} {index} · {WORDS.launch} {body.launch}
        </span>
        <span class="when">{clock(alert.received)}</span>
        {seat.value?.party && (
          <span class="standing">
            {WORDS.standings[state]}
            {state === "open" && ` · ${span(left)} ${WORDS.left}`}
          </span>
        )}
        <span>
          {WORDS.seenBy} {body.parties.map(party).join(", ")} ·{" "}
          {body.notice ? `${WORDS.announced} ${body.notice}` : WORDS.unannounced} ·{" "}
          {alert.corroborated === null ? WORDS.single : WORDS.corroborated}
        </span>
        <Acks of={alert} />
        {alert.bulletin && (
          <span class="bulletin">
            {alert.bulletin.body.agreed ? WORDS.agreed : WORDS.disagreed}:{" "}
            {Object.entries(alert.bulletin.body.views)
              .map(([who, what]) => `${party(who)}: ${what}`)
              .join(" · ")}
          </span>
        )}
      </button>
    </li>
  );
}

/** Who acknowledged it, and for whom it waits. */
function Acks({ of }: { of: ShownAlert | ShownNotice }): ComponentChildren {
  follow();
  if (!seat.value?.party) return null; // an observer is not told
  const given = of.body.kind === "alert" ? null : of.body.party; // who gives a notice need not see it
  const parties = hello.value?.parties.filter((name) => name !== given) ?? [];
  return (
    <span class="acks">
      {parties.map((name) => {
        const ack = of.acks.get(name);
        return (
          <span key={name} class={ack ? "ack" : "waits"}>
            {ack ? `✓ ${party(name)} ${clock(ack.received)}` : `${WORDS.waitsFor} ${party(name)}`}
            {ack?.nature ? `: ${ack.nature}` : ""}
          </span>
        );
      })}
    </span>
  );
}

function Notices(): ComponentChildren {
  follow();
  const notices = [...picture.notices.values()].reverse();
  return (
    <section class="notices" aria-label={WORDS.notices}>
      <h2>{WORDS.notices}</h2>
      {notices.length === 0 && <p class="none">{WORDS.noNotices}</p>}
      <ol>
        {notices.map((notice) => (
          <li key={notice.index} class={notice.cancelled ? "cancelled" : ""}>
            <button
              class="row"
              data-index={notice.index}
              aria-pressed={selected.value === notice.index}
              onClick={() => (selected.value = notice.index)}
            >
              <span class="what">{notice.body.notice}</span>
              <span class="when">{clock(notice.received)}</span>
              <span>
                {party(notice.body.party)} · {clock(notice.body.window_opens ?? notice.body.begins ?? notice.received)} –{" "}
                {clock(notice.body.window_closes ?? notice.body.ends ?? notice.received)}
                {notice.tookPlace && " · took place"}
                {notice.cancelled && " · cancelled"}
              </span>
              <Acks of={notice} />
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
