/** The page: head, map with the heads of its panes, right column, timeline, and what opens over them. */

import { type ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { savePng, saveSvg } from "./export";
import { nothing } from "./lists";
import { isEmbedded, load } from "./load";
import { Panel } from "./panel";
import { MOST_PATHS } from "./draw";
import { isStacked } from "./frame";
import { Search } from "./search";
import { Shape } from "./shape";
import { type Perspective } from "./scene";
import { canShowSpace, Space } from "./space";
import { Stage, size, zoomAt } from "./stage";
import * as state from "./state";
import { Timeline } from "./timeline";
import { VIEWS, home } from "./views";
import { KEYS, WORDS, perspectiveName, rungName, rungShort } from "./words";

export function App(): ComponentChildren {
  const { doc, failure, open, said } = state;
  if (!doc.value) return failure.value ? <Failure /> : <p class="loading">{WORDS.loading}…</p>;
  return (
    <div class="page">
      {doc.value.origin === "exercise" && (
        <p class="exercise" role="note">
          <b>{WORDS.exercise}</b> {WORDS.exerciseLong}
        </p>
      )}
      <Head />
      <main class={`main ${state.compare.value}`}>
        <div class="views-host">
          {state.space.value && canShowSpace() ? <Space /> : <Stage />}
          <PaneHeads />
          <Notes />
          {!state.space.value && <Zoom />}
        </div>
        <Panel />
      </main>
      <Timeline />
      <p class="hidden" role="status" aria-live="polite">
        {said.value}
      </p>
      {open.value === "search" && <Dialog label={WORDS.search}><Search /></Dialog>}
      {open.value === "keys" && <Dialog label={WORDS.keys}><Keys /></Dialog>}
      {open.value === "about" && <Dialog label={WORDS.about}><About /></Dialog>}
    </div>
  );
}

function Failure(): ComponentChildren {
  return (
    <main class="failure" role="alert">
      <h1>{state.waiting.value ? WORDS.name : WORDS.noReplay}</h1>
      <p>{state.failure.value}</p>
      <button onClick={() => void load()}>{WORDS.tryAgain}</button>
    </main>
  );
}

function Head(): ComponentChildren {
  const doc = state.doc.value;
  if (!doc) return null;
  return (
    <header class="head">
      <div class="title">
        <h1>
          <Cases />
        </h1>
        <p>
          {doc.title}
          <button class="quiet" onClick={() => (state.open.value = "about")} aria-haspopup="dialog">
            {WORDS.about}
          </button>
        </p>
      </div>
      <nav class="segments views" aria-label={WORDS.viewsLabel}>
        {VIEWS.map((view) => (
          <button key={view} aria-pressed={!state.space.value && state.camera.value.view === view} onClick={() => state.setView(view)}>
            {WORDS.views[view]}
          </button>
        ))}
        {canShowSpace() && (
          <button aria-pressed={state.space.value} onClick={() => (state.space.value = true)}>
            {WORDS.views.space}
          </button>
        )}
      </nav>
      {!state.space.value && (
        <div class="segments compares" role="group" aria-label={WORDS.compareLabel}>
          {state.COMPARES.map((one) => (
            <button key={one} aria-pressed={state.compare.value === one} onClick={() => (state.compare.value = one)} title={WORDS.compare[one]} aria-label={WORDS.compare[one]}>
              <CompareIcon kind={one} />
              <span>{WORDS.compare[one]}</span>
            </button>
          ))}
        </div>
      )}
      <div class="tools">
        <button class="icon" onClick={() => (state.open.value = "search")} title={`${WORDS.search} (/)`} aria-label={WORDS.search}>
          <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="10.5" cy="10.5" r="6" /><path d="m15 15 5 5" /></svg>
        </button>
        <Save />
        <button class="icon" onClick={() => (state.theme.value = state.theme.value === "dark" ? "light" : "dark")} title={WORDS.theme[state.theme.value]} aria-label={WORDS.theme[state.theme.value]}>
          <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="7" /><path class="full" d="M12 5a7 7 0 0 1 0 14z" /></svg>
        </button>
        <button class="icon" onClick={() => (state.open.value = "keys")} title={`${WORDS.keys} (?)`} aria-label={WORDS.keys}>
          <svg viewBox="0 0 24 24" aria-hidden="true"><rect x="3" y="7" width="18" height="11" rx="2" /><path d="M7 11h.1M11 11h.1M15 11h.1M8 15h8" /></svg>
        </button>
      </div>
    </header>
  );
}

/** The case: a choice where the server has others, else its title. */
function Cases(): ComponentChildren {
  const doc = state.doc.value;
  if (!doc) return null;
  if (isEmbedded() || doc.cases.length < 2) return <>{doc.case.title}</>;
  return (
    <select
      aria-label={WORDS.caseLabel}
      value={doc.case.name}
      onChange={(event) => {
        const asked = new URLSearchParams(location.search);
        asked.set("case", event.currentTarget.value);
        location.href = `${location.pathname}?${asked.toString()}`;
      }}
    >
      {doc.cases.map((one) => (
        <option key={one.name} value={one.name}>
          {one.title}
        </option>
      ))}
    </select>
  );
}

function CompareIcon({ kind }: { kind: state.Compare }): ComponentChildren {
  return (
    <svg viewBox="0 0 20 16" width="20" height="16" aria-hidden="true">
      <rect x="1.5" y="1.5" width="17" height="13" rx="1.5" />
      {kind === "divide" && <path d="M10 0v16M7 8h6" />}
      {kind === "beside" && <path d="M10 1.5v13" class="gap" />}
    </svg>
  );
}

function Save(): ComponentChildren {
  const shown = state.open.value === "save";
  const choose = (save: () => void) => (): void => {
    state.open.value = "";
    save();
  };
  return (
    <div class="menu">
      <button class="icon" aria-expanded={shown} aria-haspopup="true" onClick={() => (state.open.value = shown ? "" : "save")} title={WORDS.save} aria-label={WORDS.save}>
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14" /></svg>
      </button>
      {shown && (
        <div class="choices">
          <button onClick={choose(savePng)}>{WORDS.savePng}</button>
          <button onClick={choose(saveSvg)}>{WORDS.saveSvg}</button>
        </div>
      )}
    </div>
  );
}

const SIDES: Perspective[] = [0, 1, "centre", "truth"];

function PaneHeads(): ComponentChildren {
  const doc = state.doc.value;
  if (!doc) return null;
  const stacked = state.compare.value === "beside" && isStacked(size.value.width, size.value.height);
  const heads = state.space.value || state.compare.value === "one" ? [1] : [0, 1];
  return (
    <div class={`heads ${state.space.value ? "one" : state.compare.value} ${stacked ? "stacked" : ""}`}>
      {heads.map((which) => {
        const pane = state.panes.value[which as 0 | 1];
        return (
          <div class="pane" key={which}>
            <span class="rung">
              <select aria-label={WORDS.rungLabel} value={pane.rung} onChange={(event) => state.setPane(which as 0 | 1, { rung: Number(event.currentTarget.value) })}>
                {doc.rungs.map((rung, i) => (
                  <option key={i} value={i}>
                    {state.narrow.value ? rungShort(rung) : rungName(rung)}
                  </option>
                ))}
              </select>
            </span>
            <span class="side">
              <span class="as" aria-hidden="true">{WORDS.seenBy}</span>
              <Shape holder={pane.side} />
              <select aria-label={WORDS.seenBy} value={String(pane.side)} onChange={(event) => state.setPane(which as 0 | 1, { side: SIDES.find((side) => String(side) === event.currentTarget.value) ?? 0 })}>
                {SIDES.map((side) => (
                  <option key={side} value={String(side)}>
                    {perspectiveName(doc, side)}
                  </option>
                ))}
              </select>
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** What a map cannot say by itself: that it is empty, and why; that there are too many paths to draw. */
function Notes(): ComponentChildren {
  const stacked = state.compare.value === "beside" && isStacked(size.value.width, size.value.height);
  return (
    <div class={`notes ${state.compare.value} ${stacked ? "stacked" : ""}`}>
      {state.scenes.value.map((scene, i) => (
        <p key={i}>{scene.tracks.length === 0 && scene.truth.length === 0 ? <span>{nothing(scene)}</span> : scene.tracks.length > MOST_PATHS ? <span>{WORDS.pathsLimited}</span> : null}</p>
      ))}
    </div>
  );
}

function Zoom(): ComponentChildren {
  return (
    <div class="zoom" role="group" aria-label="Zoom">
      <button onClick={() => zoomAt(1.5)} aria-label={WORDS.zoomIn} title={`${WORDS.zoomIn} (+)`}>+</button>
      <button onClick={() => zoomAt(1 / 1.5)} aria-label={WORDS.zoomOut} title={`${WORDS.zoomOut} (−)`}>−</button>
      <button onClick={() => (state.camera.value = home(state.camera.peek().view))} aria-label={WORDS.zoomHome} title={WORDS.zoomHome}>
        <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" /></svg>
      </button>
    </div>
  );
}

/** A native dialog: it keeps the focus inside, closes with Esc, and gives the focus back. */
function Dialog({ label, children }: { label: string; children: ComponentChildren }): ComponentChildren {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current as HTMLDialogElement;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  const close = (): void => void (state.open.value = "");
  return (
    <dialog ref={box} aria-label={label} onClose={close} onClick={(event) => event.target === box.current && close()}>
      <div class="inside">
        <header>
          <h2>{label}</h2>
          <button class="close" onClick={close} aria-label={WORDS.close}>
            ×
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

function Keys(): ComponentChildren {
  return (
    <dl class="keys">
      {KEYS.map(([key, what]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}

function About(): ComponentChildren {
  const doc = state.doc.value;
  if (!doc) return null;
  const rows: [string, string][] = [
    ["Question", doc.question],
    ["Case", doc.case.title],
    ["Vehicle", doc.case.vehicle],
    ["Launched by", doc.case.launched_by],
    [WORDS.epoch, doc.epoch],
    ["Seed", String(doc.seed)],
    [WORDS.madeBy, `${doc.made_by.program} ${doc.made_by.version}, code ${doc.made_by.code.slice(0, 12)}`],
    [WORDS.hash, doc.scenario_hash.slice(0, 16)],
  ];
  return (
    <div class="about">
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>{WORDS.border}</p>
      <p>{WORDS.credits}</p>
    </div>
  );
}
