// Line charts as SVG, by hand: they stand in bench/results and are looked at in a browser.

const width = 480;
const height = 260;
const margin = { left: 56, right: 16, top: 34, bottom: 40 };
/** More would be written over each other. */
const ticksMax = 8;
const colours = ['#1f6feb', '#d1242f', '#1a7f37', '#8250df', '#9a6700'];

/**
 * Several charts in one picture, two in a row.
 *
 * @param charts {title, xLabel, yLabel, scale: 'linear' | 'log', series: [{name, points: [[x, y], …]}]}; y begins at 0
 */
export function drawCharts(charts) {
  const rows = Math.ceil(charts.length / 2);
  const drawn = charts.map((chart, index) => {
    return `<g transform="translate(${(index % 2) * width} ${Math.floor(index / 2) * height})">${drawChart(chart)}</g>`;
  });
  const style = 'font-family="sans-serif" font-size="11"';
  const size = `width="${2 * width}" height="${rows * height}" viewBox="0 0 ${2 * width} ${rows * height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style}><rect width="100%" height="100%" fill="#fff"/>${drawn.join('')}</svg>\n`;
}

function drawChart({ title, xLabel, yLabel, scale, series }) {
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const top = niceTop(Math.max(...series.flatMap(({ points }) => points.map(([, y]) => y)), 0.1));
  const place = (x) => (scale === 'log' ? Math.log10(Math.max(x, 1)) : x);
  const [least, most] = [place(Math.min(...xs)), place(Math.max(...xs))];
  const toX = (x) => margin.left + ((place(x) - least) / (most - least || 1)) * (width - margin.left - margin.right);
  const toY = (y) => height - margin.bottom - (y / top) * (height - margin.top - margin.bottom);
  const places = [...new Set(xs)].sort((a, b) => a - b);
  const every = Math.ceil(places.length / ticksMax);
  const shown = places.filter((_, index) => index % every === 0);
  const ticksX = shown.map((x) => text(toX(x), height - margin.bottom + 14, short(x), 'middle'));
  const ticksY = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = toY(share * top);
    const line = `<path d="M${margin.left} ${y}H${width - margin.right}" stroke="#ddd"/>`;
    return line + text(margin.left - 6, y + 4, short(share * top), 'end');
  });
  const lines = series.map(({ name, points }, index) => {
    const colour = colours[index % colours.length];
    const path = points.map(([x, y]) => `${toX(x).toFixed(1)},${toY(y).toFixed(1)}`);
    const dots = path.map(
      (at) => `<circle cx="${at.split(',')[0]}" cy="${at.split(',')[1]}" r="2.5" fill="${colour}"/>`,
    );
    const label = `<text x="${margin.left + 8 + index * 100}" y="${margin.top - 4}" fill="${colour}">${name}</text>`;
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots.join('')}${label}`;
  });
  const heading = `<text x="${margin.left}" y="16" font-weight="bold">${title} (${yLabel})</text>`;
  const below = text((width + margin.left) / 2, height - 8, xLabel, 'middle');
  return heading + ticksY.join('') + ticksX.join('') + lines.join('') + below;
}

function text(x, y, content, anchor) {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
}

/** 1, 2 or 5 times a power of ten. */
function niceTop(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= most);
}

function short(value) {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1_000 ? `${value / 1_000}k` : String(Math.round(value * 100) / 100);
}
