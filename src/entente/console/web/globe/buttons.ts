// Buttons for hands that cannot drag, pinch or type: nearer, farther, home. They look like those of the flat views.
import { WORDS } from "../words";

/** Buttons at a corner of an element; each tells what it was asked. */
export function buttons(host: HTMLElement, nearer: () => void, farther: () => void, home: () => void): HTMLElement {
  const group = document.createElement("div");
  group.className = "zoom";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", WORDS.zoom);
  Object.assign(group.style, { position: "absolute", display: "grid", top: "auto", right: "12px", bottom: "12px", zIndex: "1" });
  const add = (sign: string | Element, name: string, act: () => void): void => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(sign);
    button.title = name;
    button.setAttribute("aria-label", name);
    button.addEventListener("click", act);
    group.append(button);
  };
  add("+", WORDS.zoomIn, nearer);
  add("−", WORDS.zoomOut, farther);
  add(frame(), WORDS.zoomHome, home);
  host.append(group);
  return group;
}

/** The corners of a frame. */
function frame(): Element {
  const make = (name: string, said: Record<string, string>): Element => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(said)) element.setAttribute(key, value);
    return element;
  };
  const svg = make("svg", { viewBox: "0 0 24 24", width: "18", height: "18", "aria-hidden": "true", fill: "none", stroke: "currentColor" });
  svg.append(make("path", { d: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" }));
  return svg;
}
