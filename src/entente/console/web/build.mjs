// Bundle the console into ../assets: the pages, one program and one style each; the free 3D globe apart, loaded when asked for.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const debug = process.argv.includes("--debug");
const out = process.argv.find((word) => word.startsWith("--out="))?.slice(6) ?? "../assets";
const globe = existsSync("globe/globe.ts");
const common = {
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !debug,
  legalComments: "linked",
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { DEBUG: String(debug), GLOBE: String(globe) },
  logLevel: "warning",
};

mkdirSync(out, { recursive: true });
// Two bundles, not one that is split: app.js must import nothing, so that it can stand inside a mailed page.
await build({ ...common, entryPoints: { app: "main.tsx" }, outdir: out, external: ["./globe.js"] });
if (globe) await build({ ...common, entryPoints: { globe: "globe/globe.ts" }, outdir: out });
await build({ ...common, entryPoints: { live: "live/main.tsx" }, outdir: out });
await build({ ...common, entryPoints: { events: "events/main.tsx" }, outdir: out });
await build({ ...common, entryPoints: { app: "app.css", live: "live/live.css", events: "events/events.css" }, outdir: out });
cpSync("index.html", `${out}/index.html`);
cpSync("events/events.html", `${out}/events.html`);
cpSync("live/live.html", `${out}/live.html`);
writeFileSync(`${out}/licences.txt`, licences());
for (const name of ["app.js", "app.css", "globe.js", "live.js", "live.css", "events.js", "events.css"]) {
  const path = `${out}/${name}`;
  if (!existsSync(path)) continue;
  console.log(
    `${name} ${(statSync(path).size / 1000).toFixed(1)} kB, gzipped ${(gzipSync(readFileSync(path), { level: 9 }).length / 1000).toFixed(1)} kB`,
  );
}

/** The licences of what is bundled: they ask to be passed on with it. */
function licences() {
  const bundled = ["preact", "@preact/signals", "@preact/signals-core", "d3-geo", "d3-array", "internmap", "three"];
  return bundled
    .filter((name) => existsSync(`node_modules/${name}`))
    .map((name) => {
      const file = readdirSync(`node_modules/${name}`).find((one) => /^licen[cs]e/i.test(one));
      const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
      return `${name} ${version} (${license})\n\n${file ? readFileSync(`node_modules/${name}/${file}`, "utf8") : ""}`;
    })
    .join("\n\n");
}
