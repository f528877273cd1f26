// A recorded trace as a waterfall: one row a span, the same picture for the same recording.
import { escape, openPicture, text, theme } from './svg.mjs';

const width = 960;
const rowHeight = 40;
const left = 300;
const right = 90;
const top = 92;
/** A span shorter than what a pixel shows is drawn this wide. */
const barMin = 3;

export function drawTrace({ traceId, eventId, spans }) {
  const totalMs = Math.max(...spans.map(({ endMs }) => endMs));
  const scale = (width - left - right) / totalMs;
  const height = top + spans.length * rowHeight + 28;
  const services = [...new Set(spans.map(({ service }) => service))];
  const parts = [
    text(24, 32, `One event's trace: ${formatMs(totalMs)} from the agent's decision to the row in ClickHouse`, {
      size: 17,
      weight: 600,
    }),
    text(24, 54, `trace ${traceId}   event ${eventId}`, { size: 11, fill: theme.muted }),
  ];
  for (let index = 0; index <= 4; index++) {
    const x = left + ((width - left - right) * index) / 4;
    parts.push(`<line x1="${x}" x2="${x}" y1="${top - 6}" y2="${height - 24}" stroke="${theme.grid}"/>`);
    parts.push(text(x, top - 12, formatMs((totalMs * index) / 4), { size: 11, fill: theme.muted, anchor: 'middle' }));
  }
  spans.forEach((span, index) => {
    const y = top + index * rowHeight;
    const x = left + span.startMs * scale;
    const length = Math.max(barMin, (span.endMs - span.startMs) * scale);
    const color = theme.colors[services.indexOf(span.service)];
    const indent = 24 + depthOf(span, spans) * 16;
    parts.push(
      text(indent, y + 17, span.name, { size: 13, weight: 600 }),
      text(indent, y + 32, span.service, { size: 11, fill: color }),
      `<rect x="${fixed(x)}" y="${y + 9}" width="${fixed(length)}" height="18" rx="3" fill="${color}"><title>${escape(JSON.stringify(span.attributes))}</title></rect>`,
      text(x + length + 6, y + 22, formatMs(span.endMs - span.startMs), { size: 11 }),
    );
  });
  return openPicture({ width, height, title: "One event's trace", body: parts.join('\n') });
}

function depthOf({ parentSpanId }, spans) {
  const parent = spans.find(({ spanId }) => spanId === parentSpanId);
  return parent === undefined ? 0 : 1 + depthOf(parent, spans);
}

function formatMs(ms) {
  if (ms >= 1_000) return `${Number((ms / 1_000).toPrecision(3))} s`;
  return `${Number(ms.toPrecision(3))} ms`;
}

function fixed(number) {
  return number.toFixed(1);
}
