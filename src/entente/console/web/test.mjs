// Bundle the tests of the pure parts and run them with Node's own runner.
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const out = mkdtempSync(join(tmpdir(), "console-"));
const names = readdirSync("tests").filter((name) => name.endsWith(".test.ts"));
await build({
  entryPoints: names.map((name) => `tests/${name}`),
  bundle: true,
  format: "esm",
  platform: "node",
  outdir: out,
  outExtension: { ".js": ".mjs" },
  define: { DEBUG: "false", GLOBE: "false" },
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});
const done = spawnSync(process.execPath, ["--test", ...readdirSync(out).map((name) => join(out, name))], {
  stdio: "inherit",
});
process.exit(done.status ?? 1);
