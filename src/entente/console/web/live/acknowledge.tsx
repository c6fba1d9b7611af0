/** The one place where something is signed. It stands still, and acts on what is selected, which it repeats; nothing that
 * arrives selects itself, or moves what is under the hand. What cannot be done now keeps the keyboard's place: it is marked,
 * not taken away. */

import { signal } from "@preact/signals";
import { type ComponentChildren } from "preact";
import { follow, selected } from "./choice";
import { isWhatIsShown, picture, say, seat } from "./desk";
import type { Shown } from "./picture";
import { standing } from "./standing";
import type { Alert, Notice } from "./wire";
import { WORDS, clock, party, reason } from "./words";

const nature = signal("");
const said = signal(""); // what became of the last thing that was signed
const busy = signal(false);

/** Sign and send; what came of it is said, whatever it is. */
async function sign(fields: Record<string, unknown>, of?: Shown<Alert | Notice>): Promise<void> {
  if (busy.value) return;
  busy.value = true;
  said.value = WORDS.signing;
  try {
    if (of?.body.kind === "alert" && !(await isWhatIsShown(of.body, of.digest))) throw new Error(WORDS.differs);
    said.value = `${WORDS.done} ${await say(fields)}`;
  } catch (problem) {
    said.value = `${WORDS.failed} ${reason(problem instanceof Error ? problem.message : String(problem))}`;
  } finally {
    busy.value = false;
  }
}

export function Desk(): ComponentChildren {
  follow();
  if (!seat.value?.party) return <p class="desk none">{WORDS.reads}</p>;
  return (
    <section class="desk" aria-label={WORDS.desk}>
      <h2>{WORDS.desk}</h2>
      <Selected />
      <p class="said" role="status">
        {said.value}
      </p>
      <Questions />
    </section>
  );
}

/** What is selected, repeated, and what can be done with it; the same controls in the same place whatever it is. */
function Selected(): ComponentChildren {
  follow();
  const index = selected.value ?? -1;
  const alert = picture.alerts.get(index);
  const of: Shown<Alert | Notice> | undefined = alert ?? picture.notices.get(index);
  const mine = of?.acks.has(seat.value?.party ?? "");
  const state = alert ? standing(alert) : "open";
  // Both may say anew what they hold it for; a notice is seen once, and not by who gave it.
  const may = alert ? state === "open" || state === "acknowledged" : of && !mine && of.body.party !== seat.value?.party;
  const which = of ? `${of.index} · ${clock(of.received)}` : "";
  return (
    <>
      <p class="repeated">
        {of ? (
          <>
            <b>{alert ? `${WORDS.alert} ${of.index} · ${WORDS.launch} ${alert.body.launch}` : (of.body as Notice).notice}</b>{" "}
            <b>{clock(of.received)}</b> {alert && <span>{WORDS.standings[state]}</span>}
          </>
        ) : (
          <span class="none">{WORDS.selectFirst}</span>
        )}
      </p>
      <label>
        {WORDS.holdsFor}{" "}
        <select
          value={nature.value}
          disabled={!alert}
          onChange={(event) => (nature.value = event.currentTarget.value)}
        >
          <option value="">{WORDS.noView}</option>
          {WORDS.natures.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <button
        class="acknowledge"
        aria-disabled={!of || !may || busy.value}
        onClick={() =>
          of &&
          may &&
          void sign(
            { kind: "acknowledgement", about: of.index, digest: of.digest, nature: (alert && nature.value) || null },
            of,
          )
        }
      >
        {mine ? (alert ? WORDS.again : WORDS.acknowledged) : WORDS.acknowledge} {which}
      </button>
      <div class="ladder" role="group" aria-label={WORDS.ask}>
        <h3>
          {WORDS.ask} {of && of.index}
        </h3>
        {WORDS.questions.map((question) => (
          <button
            key={question}
            aria-disabled={!of || busy.value}
            onClick={() => of && void sign({ kind: "query", about: of.index, question })}
          >
            {question}
          </button>
        ))}
      </div>
    </>
  );
}

/** Questions of both sides, with their answers; the other side's can be answered here. */
function Questions(): ComponentChildren {
  follow();
  const asked = [...picture.queries.values()].reverse().slice(0, 6);
  if (asked.length === 0) return <p class="none">{WORDS.noQuestions}</p>;
  return (
    <ol class="questions" aria-label={WORDS.open}>
      {asked.map((query) => (
        <li key={query.index} data-query={query.index} tabIndex={-1}>
          {party(query.body.party)} {WORDS.asks} {query.body.about}, {clock(query.received)}: <b>{query.body.question}?</b>
          {query.answers.map((answer) => (
            <span key={answer.index} class="answer">
              {party(answer.party)}: {answer.answer}
            </span>
          ))}
          {query.body.party !== seat.value?.party && query.answers.length === 0 && (
            <span class="answers" role="group" aria-label={`${WORDS.answersAs} ${query.index}`}>
              {WORDS.answers.map((answer) => (
                <button
                  key={answer}
                  aria-disabled={busy.value}
                  onClick={({ currentTarget }) => {
                    currentTarget.closest("li")?.focus(); // these buttons go away with the answer
                    void sign({ kind: "answer", about: query.index, answer, nature: null });
                  }}
                >
                  {answer}
                </button>
              ))}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
