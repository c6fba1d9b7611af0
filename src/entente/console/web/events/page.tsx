/** The page: what it is for, its head, the list of events or one of them, and what opens over it. */

import { type ComponentChildren } from "preact";
import { KeyList, KeysButton, ThemeButton } from "../controls";
import { Dialog } from "../dialog";
import { Figure } from "./figure";
import { Brief } from "./ladder";
import { List } from "./list";
import { choose, load } from "./load";
import { Panel } from "./panel";
import * as state from "./state";
import { Time } from "./time";
import { KEYS, SAY, WORDS, day } from "./words";

export function Page(): ComponentChildren {
  const id = state.wanted.value;
  const at = id && state.doc.value?.id === id ? state.doc.value : null;
  const isThere = id ? at : state.list.value;
  return (
    <div class={`page ${at ? "event" : "list"}`}>
      <div class="said-first">
        <p class="exercise" role="note">
          <b>{WORDS.mark}</b> {WORDS.markLong}
        </p>
        {state.waiting.value && isThere && (
          <p class="noted" role="alert">
            {state.failure.value}
          </p>
        )}
      </div>
      {state.failure.value && !(state.waiting.value && isThere) ? (
        <Failure />
      ) : !isThere ? (
        <p class="loading">{WORDS.loading}…</p>
      ) : at ? (
        <>
          <Head />
          <main class="main">
            <div class="story" tabIndex={0} aria-label={at.title} role="region">
              <Brief at={at} />
              <Figure at={at} />
            </div>
            <Panel at={at} />
          </main>
          <Time at={at} />
        </>
      ) : (
        <>
          <Head />
          <main class="main">
            <List />
          </main>
        </>
      )}
      {state.open.value === "keys" && (
        <Dialog label={WORDS.keys} closing={WORDS.close} close={() => void (state.open.value = "")}>
          <Keys />
        </Dialog>
      )}
    </div>
  );
}

function Failure(): ComponentChildren {
  return (
    <main class="failure" role="alert">
      <h1>{state.waiting.value ? WORDS.name : state.wanted.value ? WORDS.cannot : WORDS.cannotList}</h1>
      <p>{state.failure.value}</p>
      <button onClick={() => void load()}>{WORDS.tryAgain}</button>
      {state.wanted.value && !state.waiting.value && (
        <button class="quiet" onClick={() => choose("")}>
          {WORDS.all}
        </button>
      )}
    </main>
  );
}

function Head(): ComponentChildren {
  const at = state.wanted.value ? state.doc.value : null;
  return (
    <header class="head">
      <div class="title">
        <h1>{at ? <Events /> : WORDS.events}</h1>
        <div class="under">
          {at ? (
            <>
              <button class="quiet" onClick={() => choose("")}>
                {WORDS.all}
              </button>
              <p>
                {at.kind === "historical" ? day(at.date) : WORDS.invented} · {SAY.zero(at.zero)}
              </p>
            </>
          ) : (
            <p>{WORDS.question}</p>
          )}
        </div>
      </div>
      <div class="tools">
        {state.list.value?.replay && (
          <a class="leave" href="./" title={state.list.value.replay}>
            {WORDS.replay}
          </a>
        )}
        {at && (
          <button class="icon" onClick={() => print()} title={WORDS.print} aria-label={WORDS.print}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M7 9V4h10v5M7 17H4v-7h16v7h-3M7 14h10v6H7z" />
            </svg>
          </button>
        )}
        <ThemeButton theme={state.theme} titles={WORDS.theme} />
        <KeysButton label={WORDS.keys} open={() => void (state.open.value = "keys")} />
      </div>
    </header>
  );
}

/** The title is a choice among all events. */
function Events(): ComponentChildren {
  const [at, list] = [state.doc.value, state.list.value];
  if (!at) return null;
  return (
    <select aria-label={WORDS.eventLabel} value={at.id} onChange={(event) => choose(event.currentTarget.value)}>
      {(list?.events ?? []).map((one) => (
        <option key={one.id} value={one.id}>
          {"title" in one ? one.title : one.id}
        </option>
      ))}
    </select>
  );
}

function Keys(): ComponentChildren {
  return <KeyList keys={KEYS} shortcuts={state.shortcuts} label={WORDS.shortcuts} />;
}
