/** The live page: asks what the log is for, shows the door or the desk, and lets ages grow. */

import { render } from "preact";
import { beat } from "./choice";
import { ask } from "./desk";
import { Page } from "./page";
import { loadMap } from "./places";
import { loadNames } from "./words";

setInterval(() => beat.value++, 1_000);
void ask();
void Promise.all([loadMap(), loadNames()]).then(() => beat.value++);
render(<Page />, document.getElementById("app") as HTMLElement);
