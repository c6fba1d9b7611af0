/** What opens over the page: a dialog, the keys, what this history is. */

import { type ComponentChildren } from "preact";
import { KeyList } from "./controls";
import { Dialog as Frame } from "./dialog";
import * as state from "./state";
import { KEYS, SAY, WORDS } from "./words";

/** A dialog that the state opened, and closes. */
export function Dialog({ label, children }: { label: string; children: ComponentChildren }): ComponentChildren {
  return (
    <Frame label={label} closing={WORDS.close} close={() => void (state.open.value = "")}>
      {children}
    </Frame>
  );
}

export function Keys(): ComponentChildren {
  return <KeyList keys={KEYS} shortcuts={state.shortcuts} label={WORDS.shortcuts} />;
}

export function About(): ComponentChildren {
  const doc = state.doc.value;
  if (!doc) return null;
  const rows: [string, string][] = [
    [WORDS.question, doc.question],
    [WORDS.caseLabel, doc.case.title],
    [WORDS.vehicle, doc.case.vehicle],
    [WORDS.launchedBy, doc.case.launched_by],
    [WORDS.epoch, doc.epoch],
    [WORDS.seedIs, String(doc.seed)],
    [WORDS.madeBy, SAY.code(doc.made_by.program, doc.made_by.version, doc.made_by.code.slice(0, 12))],
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
