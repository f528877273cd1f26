// Draws docs/pictures/*.svg from docs/pictures/recorded/*.json: the same pictures for the same recordings.
//   node bench/pictures/draw.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawDashboard } from './draw-dashboard.mjs';
import { drawTrace } from './draw-trace.mjs';

const pictures = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const recorded = join(pictures, 'recorded');

for (const file of readdirSync(recorded)) {
  const name = file.replace(/\.json$/, '');
  const recording = JSON.parse(readFileSync(join(recorded, file), 'utf8'));
  writeFileSync(join(pictures, `${name}.svg`), name === 'trace' ? drawTrace(recording) : drawDashboard(recording));
}
