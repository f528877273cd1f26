// What both kinds of pictures are made of.
export const theme = {
  background: '#ffffff',
  border: '#d8dce3',
  text: '#1f2430',
  muted: '#6b7280',
  grid: '#e8eaee',
  colors: [
    '#3274d9',
    '#37872d',
    '#e0762f',
    '#8f3bb8',
    '#c4162a',
    '#0f9d9d',
    '#b8870b',
    '#d6478f',
    '#5b6b7c',
    '#7aa329',
  ],
  font: 'Inter, Helvetica, Arial, sans-serif',
};

export function openPicture({ width, height, title, body }) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}" font-family="${theme.font}">
<rect width="${width}" height="${height}" fill="${theme.background}"/>
${body}
</svg>
`;
}

export function text(x, y, content, { size, weight = 400, fill = theme.text, anchor = 'start' }) {
  return `<text x="${Number(x.toFixed(1))}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escape(content)}</text>`;
}

export function escape(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
