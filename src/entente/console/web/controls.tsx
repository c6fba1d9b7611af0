/** What the pages' heads and dialogs have alike: the colours, the keys. */

import { type Signal } from "@preact/signals";
import { type ComponentChildren } from "preact";

type Theme = "light" | "dark";

/** Changes the colours; the title says to which. */
export function ThemeButton({ theme, titles }: { theme: Signal<Theme>; titles: Record<Theme, string> }): ComponentChildren {
  return (
    <button
      class="icon"
      onClick={() => (theme.value = theme.value === "dark" ? "light" : "dark")}
      title={titles[theme.value]}
      aria-label={titles[theme.value]}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="7" />
        <path class="full" d="M12 5a7 7 0 0 1 0 14z" />
      </svg>
    </button>
  );
}

/** Opens the list of keys. */
export function KeysButton({ label, open }: { label: string; open: () => void }): ComponentChildren {
  return (
    <button class="icon" onClick={open} title={`${label} (?)`} aria-label={label}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <rect x="3" y="7" width="18" height="11" rx="2" />
        <path d="M7 11h.1M11 11h.1M15 11h.1M8 15h8" />
      </svg>
    </button>
  );
}

interface Known {
  keys: readonly (readonly [string, string])[]; // key, what it does
  shortcuts: Signal<boolean>; // whether they act
  label: string; // of that choice
}

/** The list of keys, and whether they act. */
export function KeyList({ keys, shortcuts, label }: Known): ComponentChildren {
  return (
    <>
      <label class="choice">
        <input
          type="checkbox"
          checked={shortcuts.value}
          onChange={(event) => (shortcuts.value = event.currentTarget.checked)}
        />
        {label}
      </label>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
