/** The head of the page: which case, which view, how maps are compared, and the tools. */

import { type ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { KeysButton, ThemeButton } from "./controls";
import { savePng, saveSvg } from "./export";
import { isEmbedded, toHistory } from "./load";
import { Seed } from "./seed";
import { canShowSpace } from "./space";
import * as state from "./state";
import { VIEWS } from "./views";
import { WORDS } from "./words";

export function Head(): ComponentChildren {
  const doc = state.doc.value;
  if (!doc) return null;
  return (
    <header class="head">
      <div class="title">
        <h1>
          <Cases />
        </h1>
        <div class="under">
          <Seed />
          <p>{doc.title}</p>
          <button class="quiet" onClick={() => (state.open.value = "about")} aria-haspopup="dialog">
            {WORDS.about}
          </button>
          {!isEmbedded() && (
            <a class="quiet" href="events">
              {WORDS.ambiguous}
            </a>
          )}
        </div>
      </div>
      <nav class="segments views" aria-label={WORDS.viewsLabel}>
        {VIEWS.map((view) => (
          <button
            key={view}
            aria-pressed={!state.space.value && state.camera.value.view === view}
            onClick={() => state.setView(view)}
          >
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
            <button
              key={one}
              aria-pressed={state.compare.value === one}
              onClick={() => (state.compare.value = one)}
              title={WORDS.compare[one]}
              aria-label={WORDS.compare[one]}
            >
              <CompareIcon kind={one} />
              <span>{WORDS.compare[one]}</span>
            </button>
          ))}
        </div>
      )}
      <div class="tools">
        {!isEmbedded() && (
          <a class="icon narrow" href="events" title={WORDS.ambiguous} aria-label={WORDS.ambiguous}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M12 4 21 19.5H3zM12 10v4.5M12 17v.1" />
            </svg>
          </a>
        )}
        <button
          class="icon"
          onClick={() => (state.open.value = "search")}
          title={`${WORDS.search} (/)`}
          aria-label={WORDS.search}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="10.5" cy="10.5" r="6" />
            <path d="m15 15 5 5" />
          </svg>
        </button>
        <Layers />
        <Save />
        <ThemeButton theme={state.theme} titles={WORDS.theme} />
        <KeysButton label={WORDS.keys} open={() => void (state.open.value = "keys")} />
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
      value={state.wanted.value?.case ?? doc.case.name}
      title={doc.case.title}
      onChange={(event) => toHistory({ case: event.currentTarget.value })}
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

/** What is drawn beside tracks: each can be left off. */
function Layers(): ComponentChildren {
  const shown = state.open.value === "layers";
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!shown) return undefined;
    const outside = (event: Event): void => {
      if (!menu.current?.contains(event.target as Node)) state.open.value = "";
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [shown]);
  return (
    <div class="menu" ref={menu}>
      <button
        class="icon"
        aria-expanded={shown}
        onClick={() => (state.open.value = shown ? "" : "layers")}
        title={WORDS.layers}
        aria-label={WORDS.layers}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="m12 4 8.5 4.5L12 13 3.5 8.5zM4.5 12.4 12 16.4l7.5-4M4.5 16 12 20l7.5-4" />
        </svg>
      </button>
      {shown && (
        <fieldset class="layers">
          <legend class="hidden">{WORDS.layers}</legend>
          {state.LAYERS.map((layer) => (
            <label class="choice" key={layer}>
              <input
                type="checkbox"
                checked={!state.hidden.value.includes(layer)}
                onChange={(event) => {
                  const { checked } = event.currentTarget;
                  state.hidden.value = state.LAYERS.filter((one) =>
                    one === layer ? !checked : state.hidden.peek().includes(one),
                  );
                }}
              />
              {WORDS.layerNames[layer]}
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function Save(): ComponentChildren {
  return (
    <button
      class="icon"
      aria-haspopup="dialog"
      onClick={() => (state.open.value = "save")}
      title={WORDS.save}
      aria-label={WORDS.save}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14" />
      </svg>
    </button>
  );
}

/** What the picture can be saved as. */
export function Choices(): ComponentChildren {
  const choose = (save: () => void) => (): void => {
    state.open.value = "";
    save();
  };
  return (
    <div class="choices">
      <button onClick={choose(savePng)}>{WORDS.savePng}</button>
      {!state.space.value && <button onClick={choose(saveSvg)}>{WORDS.saveSvg}</button>}
    </div>
  );
}
