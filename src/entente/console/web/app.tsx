/** The page: head, map with the heads of its panes, right column, timeline, and what opens over them. */

import { type ComponentChildren } from "preact";
import { About, Dialog, Keys } from "./dialogs";
import { Choices, Head } from "./head";
import { nothing } from "./lists";
import { load } from "./load";
import { Panel } from "./panel";
import { MOST_PATHS } from "./draw";
import { isStacked } from "./frame";
import { Search } from "./search";
import { OnItsWay } from "./seed";
import { Shape } from "./shape";
import { type Perspective } from "./scene";
import { canShowSpace, Space } from "./space";
import { Stage, size, zoomAt } from "./stage";
import * as state from "./state";
import { Timeline } from "./timeline";
import { home } from "./views";
import { WORDS, perspectiveName, rungName, rungShort } from "./words";

export function App(): ComponentChildren {
  const { doc, failure, open, said } = state;
  if (!doc.value) return failure.value ? <Failure /> : <p class="loading">{WORDS.loading}…</p>;
  return (
    <div class="page">
      <div class="said-first">
        {doc.value.origin === "exercise" && (
          <p class="exercise" role="note">
            <b>{WORDS.exercise}</b> {WORDS.exerciseLong}
          </p>
        )}
        {doc.value.notes?.map((note) => (
          <p class="noted" role="note" key={note}>
            {note}
          </p>
        ))}
      </div>
      <Head />
      <main class={`main ${state.compare.value}`}>
        <div class="views-host">
          {state.space.value && canShowSpace() ? <Space key={`${doc.value.case.name} ${doc.value.seed}`} /> : <Stage />}
          <PaneHeads />
          <OnItsWay />
          <Notes />
          {!state.space.value && <Zoom />}
        </div>
        <Panel />
      </main>
      <Timeline />
      <p class="hidden" role="status" aria-live="polite">
        {said.value}
      </p>
      {open.value === "search" && (
        <Dialog label={WORDS.search}>
          <Search />
        </Dialog>
      )}
      {open.value === "save" && (
        <Dialog label={WORDS.save}>
          <Choices />
        </Dialog>
      )}
      {open.value === "keys" && (
        <Dialog label={WORDS.keys}>
          <Keys />
        </Dialog>
      )}
      {open.value === "about" && (
        <Dialog label={WORDS.about}>
          <About />
        </Dialog>
      )}
    </div>
  );
}

function Failure(): ComponentChildren {
  return (
    <main class="failure" role="alert">
      <h1>{state.waiting.value ? WORDS.name : WORDS.noReplay}</h1>
      <p>{state.failure.value}</p>
      <button onClick={() => void load()}>{WORDS.tryAgain}</button>
      {!state.waiting.value && location.search && <a href={location.pathname}>{WORDS.firstHistory}</a>}
    </main>
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
              <select
                aria-label={WORDS.rungLabel}
                value={pane.rung}
                onChange={(event) => state.setPane(which as 0 | 1, { rung: Number(event.currentTarget.value) })}
              >
                {doc.rungs.map((rung, i) => (
                  <option key={i} value={i}>
                    {state.narrow.value ? rungShort(rung) : rungName(rung)}
                  </option>
                ))}
              </select>
            </span>
            <span class="side">
              <span class="as" aria-hidden="true">
                {WORDS.seenBy}
              </span>
              <Shape holder={pane.side} />
              <select
                aria-label={WORDS.seenBy}
                value={String(pane.side)}
                onChange={(event) =>
                  state.setPane(which as 0 | 1, {
                    side: SIDES.find((side) => String(side) === event.currentTarget.value) ?? 0,
                  })
                }
              >
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
        <p key={i}>
          {scene.tracks.length === 0 && scene.truth.length === 0 ? (
            <span>{nothing(scene)}</span>
          ) : scene.tracks.length > MOST_PATHS ? (
            <span>{WORDS.pathsLimited}</span>
          ) : null}
        </p>
      ))}
    </div>
  );
}

function Zoom(): ComponentChildren {
  return (
    <div class="zoom" role="group" aria-label={WORDS.zoom}>
      <button onClick={() => zoomAt(1.5)} aria-label={WORDS.zoomIn} title={`${WORDS.zoomIn} (+)`}>
        +
      </button>
      <button onClick={() => zoomAt(1 / 1.5)} aria-label={WORDS.zoomOut} title={`${WORDS.zoomOut} (−)`}>
        −
      </button>
      <button
        onClick={() => (state.camera.value = home(state.camera.peek().view))}
        aria-label={WORDS.zoomHome}
        title={WORDS.zoomHome}
      >
        <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
          <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />
        </svg>
      </button>
    </div>
  );
}
